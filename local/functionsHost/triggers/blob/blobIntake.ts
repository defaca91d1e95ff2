/** Blob versions on their way to the function, so many at once, each noted when it is through. */
import pLimit from 'p-limit';
import { endedWithin } from '../endedWithin.ts';
import type { DeliverBlob } from './blobDelivery.ts';
import type { Receipts } from './receipts.ts';

export interface BlobVersion {
  readonly name: string;
  readonly etag: string;
}

export interface BlobIntake {
  isKnown(version: BlobVersion): boolean;
  take(version: BlobVersion): void;
  isBusy(): boolean;
  /** Takes its turn like the others, but leaves no receipt. */
  readonly deliver: DeliverBlob;
  /** Drops what waits for its turn and lets the rest end. */
  finish(graceMs: number): Promise<void>;
}

export interface BlobIntakeOptions {
  readonly container: string;
  readonly receipts: Receipts;
  readonly deliver: DeliverBlob;
  readonly maxParallelCount: number;
  readonly onError: (message: string) => void;
}

export function blobIntake(options: BlobIntakeOptions): BlobIntake {
  const { container, receipts, maxParallelCount } = options;
  const limit = pLimit(maxParallelCount);
  const underWay = new Map<string, string>();
  const deliveries = new Set<Promise<void>>();
  let isStopping = false;

  /** @returns false where the host stopped before it was this blob's turn. */
  const deliver = (from: string, blobName: string): Promise<boolean> =>
    limit(async () => {
      if (isStopping) return false;
      await options.deliver(from, blobName);
      return true;
    });

  async function deliverOnce({ name, etag }: BlobVersion): Promise<void> {
    underWay.set(name, etag);
    try {
      if (await deliver(container, name)) receipts.add(name, etag);
    } catch (error) {
      // Without a receipt: the next look takes it again.
      options.onError(`blob ${container}/${name} can't be delivered: ${String(error)}`);
    }
    if (underWay.get(name) === etag) underWay.delete(name);
  }

  function track(delivery: Promise<void>): Promise<void> {
    const tracked = delivery.finally(() => deliveries.delete(tracked));
    deliveries.add(tracked);
    return tracked;
  }

  return {
    isKnown: ({ name, etag }) => receipts.has(name, etag) || underWay.get(name) === etag,
    take: (version) => void track(deliverOnce(version)),
    isBusy: () => deliveries.size > 0,
    deliver: (from, blobName) => track(deliver(from, blobName).then(() => undefined)),
    async finish(graceMs) {
      isStopping = true;
      await endedWithin(Promise.allSettled(deliveries), graceMs);
    },
  };
}

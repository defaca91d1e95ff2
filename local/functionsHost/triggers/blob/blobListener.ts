/**
 * Blob trigger with source EventGrid, where no Event Grid is: the container is listed again and
 * again, and each new version of a blob is one event. Like Event Grid's, events may come twice.
 */
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import pLimit, { type LimitFunction } from 'p-limit';
import type { BlobTrigger } from '../../app/functionMetadata.ts';
import { connectionOf, resolveNames } from '../../settings.ts';
import { endedWithin } from '../endedWithin.ts';
import type { Listener, ListenerContext, Served } from '../listener.ts';
import { type Look, type Poller, poller } from '../poller.ts';
import { blobDelivery, type DeliverBlob, isMissing } from './blobDelivery.ts';
import { blobPattern } from './blobPattern.ts';
import { openReceipts, type Receipts } from './receipts.ts';

const minPauseMs = 100;
const maxPauseMs = 500;
/** Listing a full container must not become all that storage does. */
const listingShareInverse = 4;
const saveIntervalMs = 2_000;

export interface BlobListener extends Listener {
  /** An event for any blob of the account. */
  readonly deliver: DeliverBlob;
}

export async function startBlobListener(
  context: ListenerContext,
  served: Served<BlobTrigger>,
): Promise<BlobListener> {
  const { settings, hostId, hostJson } = context;
  const account = connectionOf(settings, served.trigger.connection);
  const hostStorage = BlobServiceClient.fromConnectionString(
    connectionOf(settings, 'AzureWebJobsStorage'),
  );
  const pattern = blobPattern(resolveNames(served.trigger.path, settings));
  const blobs = BlobServiceClient.fromConnectionString(account);
  const queues = QueueServiceClient.fromConnectionString(account);
  const deliver = blobDelivery({ context, served, pattern, blobs, queues });
  const hosts = hostStorage.getContainerClient('azure-webjobs-hosts');
  const receipts = await openReceipts(hosts, hostId, served.called.name);
  const watch = watcher(context, blobs.getContainerClient(pattern.container), {
    receipts,
    deliver,
    limit: pLimit(hostJson.extensions.blobs.maxDegreeOfParallelism),
  });
  if (!receipts.isKnown && !context.deliversExistingBlobs) await watch.passOver();
  return watch.start();
}

interface Watched {
  readonly receipts: Receipts;
  readonly deliver: DeliverBlob;
  readonly limit: LimitFunction;
}

function watcher(
  { log }: ListenerContext,
  container: ContainerClient,
  { receipts, deliver, limit }: Watched,
) {
  /** Versions on their way to the function. */
  const taken = new Map<string, string>();
  const deliveries = new Set<Promise<void>>();
  const { containerName } = container;
  let savedAtMs = performance.now();
  let isStopping = false;

  async function look(): Promise<Look> {
    const fresh = (await list(container)).filter(
      ({ name, etag }) => !receipts.has(name, etag) && taken.get(name) !== etag,
    );
    for (const version of fresh) take(version);
    await saveNowAndThen();
    if (fresh.length > 0) return 'found';
    return deliveries.size > 0 ? 'busy' : 'quiet';
  }

  function take({ name, etag }: BlobVersion): void {
    taken.set(name, etag);
    const settle = (isDelivered: boolean) => {
      if (isDelivered) receipts.add(name, etag);
      if (taken.get(name) === etag) taken.delete(name);
    };
    track(limited(containerName, name).then(settle, failed(name)));
  }

  /** @returns false where the host stopped before it was this blob's turn. */
  function limited(from: string, blobName: string): Promise<boolean> {
    return limit(async () => {
      if (isStopping) return false;
      await deliver(from, blobName);
      return true;
    });
  }

  /** Not seen as far as the receipts go, and taken off the list: the next look takes it again. */
  const failed = (name: string) => (error: unknown) => {
    taken.delete(name);
    log('error', `blob ${containerName}/${name} can't be delivered: ${String(error)}`);
  };

  function track(delivery: Promise<void>): Promise<void> {
    const tracked = delivery.finally(() => deliveries.delete(tracked));
    deliveries.add(tracked);
    return tracked;
  }

  async function saveNowAndThen(): Promise<void> {
    if (performance.now() - savedAtMs < saveIntervalMs) return;
    savedAtMs = performance.now();
    await receipts.save();
  }

  function start(): BlobListener {
    const polling = politePoller(look, (error) =>
      log('error', `container ${containerName} can't be listed: ${String(error)}`),
    );
    return {
      deliver: (from, blobName) => track(limited(from, blobName).then(() => undefined)),
      settle: polling.settle,
      async stop(graceMs) {
        isStopping = true;
        await polling.stop();
        await endedWithin(Promise.all(deliveries), graceMs);
        await receipts.save();
      },
    };
  }

  return {
    start,
    /** What is there already counts as seen. */
    async passOver() {
      for (const { name, etag } of await list(container)) receipts.add(name, etag);
      await receipts.save();
    },
  };
}

function politePoller(look: () => Promise<Look>, onError: (error: unknown) => void): Poller {
  let restUntilMs = 0;
  async function politeLook(): Promise<Look> {
    const startedAtMs = performance.now();
    if (startedAtMs < restUntilMs) return 'busy';
    const seen = await look();
    const endedAtMs = performance.now();
    restUntilMs = endedAtMs + (endedAtMs - startedAtMs) * listingShareInverse;
    return seen;
  }
  return poller({ look: politeLook, foundPauseMs: minPauseMs, minPauseMs, maxPauseMs, onError });
}

interface BlobVersion {
  readonly name: string;
  readonly etag: string;
}

async function list(container: ContainerClient): Promise<BlobVersion[]> {
  try {
    const blobs = await Array.fromAsync(container.listBlobsFlat());
    return blobs.map(({ name, properties }) => ({ name, etag: properties.etag }));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

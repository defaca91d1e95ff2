/**
 * What becomes of records between the filters and the ingestion endpoint. The exporter gives some up
 * and tells nobody: what the disk would not take, what lay there too long, what was led astray.
 */

/* oxlint-disable no-underscore-dangle -- the names are the SDK's, and there is no public way */

import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttributeValue } from '../../telemetry/catalogue/attributes.ts';
import { countEnvelopes, type RecordKind, readEnvelopes } from './recordKind.ts';
import {
  type Persister,
  recordQueues,
  type Sender,
  type Sent,
  senders,
  spanQueues,
} from './sdkParts.ts';

type DropReason = AttributeValue<'dropReason'>;

export type OnDropped = (kind: RecordKind, count: number, reason: DropReason) => void;
type Drop = (envelopes: readonly unknown[], reason: DropReason) => void;

export interface Deliveries {
  /** In the queues and on their way: lost where the process ends now. */
  inHandCount(): number;
  /** All that was on its way has come to an end, good or bad. */
  settled(): Promise<void>;
}

/** @param queuedCount - how many the queues have taken so far. */
export function watchDeliveries(onDropped: OnDropped, queuedCount: () => number): Deliveries {
  const drop: Drop = (envelopes, reason) => {
    for (const [kind, count] of countEnvelopes(envelopes)) onDropped(kind, count, reason);
  };
  const underWay = new Map<Promise<unknown>, number>();
  for (const sender of senders()) {
    watchSends(sender, drop, underWay);
    watchDisk(sender.persister, drop);
  }
  const handedOverCount = countHandedOver();
  return {
    inHandCount() {
      const waitingCount = queuedCount() - handedOverCount();
      return [...underWay.values()].reduce((sum, count) => sum + count, waitingCount);
    },
    async settled() {
      await Promise.allSettled(underWay.keys());
    },
  };
}

/** Of the spans and records that left a queue for its exporter. */
function countHandedOver(): () => number {
  let handedOverCount = 0;
  for (const { _exporter: exporter } of [...spanQueues(), ...recordQueues()]) {
    const hand = exporter.export.bind(exporter);
    exporter.export = (items, onEnd) => {
      handedOverCount += items.length;
      return hand(items, onEnd);
    };
  }
  return () => handedOverCount;
}

/** The disk's own refusals are counted there. Source: as of `Sender`. */
const diskRefused = 'Failed to persist envelope in disk.';
/** From disk, and put back there. */
const putBack: ReadonlySet<string> = new Set([
  'Sender is shut down',
  'Offline telemetry replay is paused',
]);

function watchSends(sender: Sender, drop: Drop, underWay: Map<Promise<unknown>, number>): void {
  const send = sender.exportEnvelopes.bind(sender);
  sender.exportEnvelopes = (envelopes, ...how) => {
    const [isFollowing, , isReplay] = how;
    const sending = send(envelopes, ...how);
    // A redirect that is followed is part of a send that is watched already.
    if (isFollowing === true) return sending;
    underWay.set(sending, envelopes.length);
    void settle(sending, envelopes, isReplay === true);
    return sending;
  };

  async function settle(sending: Promise<Sent>, envelopes: readonly unknown[], isReplay: boolean) {
    try {
      const { error } = await sending;
      // An answer with a status was counted when it came.
      if (!error || error.statusCode !== undefined || error.message === diskRefused) return;
      if (!(isReplay && putBack.has(error.message))) drop(envelopes, 'refused');
    } finally {
      underWay.delete(sending);
    }
  }
}

function watchDisk(persister: Persister, drop: Drop): void {
  for (const keep of ['push', 'restore'] as const) {
    const kept = persister[keep].bind(persister);
    persister[keep] = async (envelopes) => {
      const isKept = await kept(envelopes).catch(() => false);
      if (!isKept) drop(envelopes, 'notKept');
      return isKept;
    };
  }
  const clean = persister._fileCleanupTask.bind(persister);
  persister._fileCleanupTask = async () => {
    for (const envelopes of await takeExpired(persister)) drop(envelopes, 'expired');
    return clean();
  };
}

/** What is too old is deleted here instead, as only whoever deletes a file knows that it was there. */
async function takeExpired({ _tempDirectory, fileRetemptionPeriod }: Persister) {
  const oldestMs = performance.timeOrigin + performance.now() - fileRetemptionPeriod;
  const files = await readdir(_tempDirectory).catch(() => []);
  // Named by the moment they were written.
  const expired = files.filter((file) => Number.parseInt(file, 10) < oldestMs);
  const taken = expired.map(async (file) => {
    const path = join(_tempDirectory, file);
    const text = await readFile(path, 'utf8');
    await unlink(path);
    return readEnvelopes(text);
  });
  const results = await Promise.allSettled(taken);
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/** One host of several holds a lock, a lease on a blob, until it stops or is gone. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BlockBlobClient } from '@azure/storage-blob';

export interface SingletonLock {
  /** Resolves after the first try, whether it is ours then or not. */
  start(): Promise<void>;
  /** Gives it back. */
  stop(): Promise<void>;
}

export interface SingletonLockOptions {
  readonly blob: BlockBlobClient;
  /** How long a lease lives without renewal. */
  readonly periodMs: number;
  /** How often those without it ask again. */
  readonly pollMs: number;
  readonly onHeld: () => Promise<void>;
  readonly onLost: () => void;
  readonly onError: (error: unknown) => void;
}

export function singletonLock(options: SingletonLockOptions): SingletonLock {
  const { blob, periodMs, pollMs, onHeld, onLost, onError } = options;
  const lease = blob.getBlobLeaseClient();
  const stopping = new AbortController();
  const { signal } = stopping;
  let holding: Promise<void> = Promise.resolve();

  async function acquired(): Promise<boolean> {
    try {
      await createEmpty(blob);
      await lease.acquireLease(Math.round(periodMs / 1_000));
    } catch (error) {
      if (!isHeldByAnother(error)) onError(error);
      return false;
    }
    await onHeld().catch(onError);
    return true;
  }

  async function hold(isOurs: boolean): Promise<void> {
    let isHeld = isOurs;
    while (!signal.aborted) {
      while (isHeld && !signal.aborted) isHeld = await renewed();
      if (!isHeld) isHeld = await acquiredLater();
    }
    if (isHeld) await lease.releaseLease().catch(onError);
  }

  /** @returns false where the lease has gone. */
  async function renewed(): Promise<boolean> {
    if (!(await waited(periodMs / 2, signal))) return true;
    try {
      await lease.renewLease();
      return true;
    } catch (error) {
      onError(error);
      onLost();
      return false;
    }
  }

  async function acquiredLater(): Promise<boolean> {
    return (await waited(pollMs, signal)) && (await acquired());
  }

  return {
    async start() {
      holding = hold(await acquired());
    },
    async stop() {
      stopping.abort();
      await holding;
    },
  };
}

/** @returns false where the signal came first. */
async function waited(waitMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(waitMs, undefined, { signal });
    return true;
  } catch {
    // The signal came.
    return false;
  }
}

async function createEmpty(blob: BlockBlobClient): Promise<void> {
  if (await blob.exists()) return;
  await blob.upload('', 0, { conditions: { ifNoneMatch: '*' } }).catch((error: unknown) => {
    if (!isHeldByAnother(error)) throw error;
  });
}

/** Leased, or just created by another host. */
function isHeldByAnother(error: unknown): boolean {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return status === 409 || status === 412;
}

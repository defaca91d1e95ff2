/**
 * Stored photos against the ledger: every photo has one state, and one that no event ever brought
 * is put to work. It walks in pages and stops when its time is over; the next walk goes on there.
 */
import { PipelineError } from '../errors.ts';
import type { PhotoVersion } from '../photo/photo.ts';
import { type Budget, hasTimeLeft, type PipelineDeps } from './deps.ts';
import { type KnownPhoto, type PhotoState, photoState } from './photoState.ts';
import { type RequeueReason, requeue } from './requeue.ts';

export interface ReconcileOptions {
  readonly container: string;
  readonly prefix?: string | undefined;
  /** From an earlier walk that ran out of time. */
  readonly continuation?: string | undefined;
  /** Photos last changed before are left alone: they may never have been meant to be predicted. */
  readonly changedSinceMs: number;
  /** Photos changed after may have their event still under way: never missing. */
  readonly changedUntilMs: number;
  /** Why missing photos are put to work; absent: they are only counted. */
  readonly requeueing?: RequeueReason | undefined;
  readonly onPhoto?: (photo: KnownPhoto) => void;
}

export interface Reconciliation {
  readonly counts: Readonly<Record<PhotoState, number>>;
  /** Of those deferred: nobody was at them. */
  readonly missing: readonly string[];
  readonly missingCount: number;
  /** Photos whose ledger can't be read, with why. */
  readonly problems: readonly string[];
  /** Absent: the walk came to its end. */
  readonly continuation: string | undefined;
}

/** Photos held in memory at the same time. */
const pageCount = 500;
/** Names kept for the log. */
const namedCount = 20;

/** @throws PipelineError `STORE_UNAVAILABLE`, `QUEUE_UNAVAILABLE` */
export async function reconcilePhotos(
  deps: PipelineDeps,
  options: ReconcileOptions,
  budget: Budget,
): Promise<Reconciliation> {
  const counts = { done: 0, review: 0, deferred: 0, rejected: 0, dead: 0 };
  const missing: string[] = [];
  const problems: string[] = [];
  let missingCount = 0;
  let { continuation } = options;
  do {
    const page = await deps.photos.list({ ...options, continuation, pageCount }, budget.signal);
    const photos = await statesOf(deps, page.versions, { ...options, problems }, budget.signal);
    const lost = photos.filter(({ isMissing }) => isMissing);
    if (options.requeueing) await requeue(deps, lost, options.requeueing, budget.signal);
    for (const photo of photos) {
      counts[photo.state] += 1;
      options.onPhoto?.(photo);
    }
    missing.push(...lost.slice(0, namedCount - missing.length).map(nameOf));
    missingCount += lost.length;
    continuation = page.continuation;
  } while (continuation !== undefined && hasTimeLeft(deps.clock, budget));
  return { counts, missing, missingCount, problems, continuation };
}

/** A photo whose ledger can't be read is a problem of its own: the others are looked at all the same. */
async function statesOf(
  deps: PipelineDeps,
  versions: readonly PhotoVersion[],
  options: ReconcileOptions & { readonly problems: string[] },
  signal: AbortSignal,
): Promise<KnownPhoto[]> {
  const { changedSinceMs, changedUntilMs, problems } = options;
  const recent = versions.filter(({ lastModifiedAtMs }) => lastModifiedAtMs >= changedSinceMs);
  const photos = await deps.mapBounded(recent, async (version) => {
    try {
      const photo = await photoState(deps, version, signal);
      const isMissing = photo.isMissing && version.lastModifiedAtMs <= changedUntilMs;
      return [{ ...photo, isMissing }];
    } catch (error) {
      if (!(error instanceof PipelineError) || error.retryable) throw error;
      problems.push(`${version.blobName}: ${error.message}`);
      return [];
    }
  });
  return photos.flat();
}

function nameOf({ version }: KnownPhoto): string {
  return version.blobName;
}

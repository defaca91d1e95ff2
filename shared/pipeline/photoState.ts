/** What has become of a stored photo, as the ledger knows it: one state for each photo version. */
import type { LedgerEntry } from '../ledger/entryStore.ts';
import { photoOutcomeKey } from '../ledger/outcomeKey.ts';
import type { PhotoVersion } from '../photo/photo.ts';
import type { ResultDocument } from '../results/resultDocument.ts';
import type { PipelineDeps } from './deps.ts';

/** `review`: predicted, and a person should look. `deferred`: parked, in flight or on its way. */
export type PhotoState = 'done' | 'review' | 'deferred' | 'rejected' | 'dead';

export interface KnownPhoto {
  readonly version: PhotoVersion;
  readonly state: PhotoState;
  /** Deferred, and nobody is known to be at it: no claim, not parked. Its age is not considered. */
  readonly isMissing: boolean;
  /** Of the latest replay; 0 where there was none. */
  readonly replayCount: number;
  readonly outcomeKey: string;
  readonly entry: LedgerEntry | undefined;
}

/**
 * A parked photo may come back late: its queue is long, or the app is stopped. Only this long after
 * its time it counts as missing, for a message too many costs little and one too few a photo.
 */
const parkedGraceMs = 2 * 3_600_000;

/** @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID` */
export async function photoState(
  deps: PipelineDeps,
  version: PhotoVersion,
  signal: AbortSignal,
): Promise<KnownPhoto> {
  const first = await known(deps, version, 0, signal);
  const { replayCount = 0 } = first.entry ?? {};
  return replayCount === 0 ? first : known(deps, version, replayCount, signal);
}

async function known(
  deps: PipelineDeps,
  version: PhotoVersion,
  replayCount: number,
  signal: AbortSignal,
): Promise<KnownPhoto> {
  const outcomeKey = photoOutcomeKey(version, version.etag, deps.predictor.model, replayCount);
  const entry = (await deps.entries.find(outcomeKey, signal))?.entry;
  const document = entry && (await deps.outcomes.find(entry.blobName, signal));
  const about = { version, replayCount, outcomeKey, entry };
  if (document) return { ...about, state: stateOf(document), isMissing: false };
  const isParked = deps.clock.nowMs() < (entry?.parkedUntilMs ?? 0) + parkedGraceMs;
  const isMissing = !isParked && (await deps.claims.find(outcomeKey, signal)) === undefined;
  return { ...about, state: 'deferred', isMissing };
}

function stateOf(document: ResultDocument): PhotoState {
  if (document.outcome !== 'predicted') return document.outcome;
  return document.decision.isUncertain ? 'review' : 'done';
}

/** One try at one photo: what its steps share, and the outcome they may end in. */
import type { PhotoWork } from '../deferral/photoWork.ts';
import type { WaitingReason } from '../deferral/waitingReason.ts';
import { photoOutcomeKey } from '../ledger/outcomeKey.ts';
import type { PhotoVersion } from '../photo/photo.ts';
import { type DeathReason, deathAdvice } from '../results/death.ts';
import type { Outcome, PhotoFacts, StageTimings } from '../results/outcome.ts';
import { type RejectionReason, rejectionAdvice } from '../results/rejection.ts';
import type { Budget, PipelineDeps } from './deps.ts';
import type { StageClock } from './stageClock.ts';

export interface Attempt {
  readonly deps: PipelineDeps;
  readonly work: PhotoWork;
  readonly budget: Budget;
  readonly stages: StageClock;
  /** Of the version this try is about. */
  readonly outcomeKey: string;
  /** Names the outcome's date folder where this try is the first. */
  readonly dayMs: number;
}

/** What a try comes to: an outcome to be written, or a reason to wait. */
export type Verdict =
  | { readonly kind: 'decided'; readonly outcome: Outcome }
  | { readonly kind: 'waiting'; readonly work: PhotoWork; readonly failure: WaitingReason };

/** From here on the work is about this version: waiting, it does not become the next one's. */
export function pinned(
  start: Omit<Attempt, 'outcomeKey' | 'dayMs'>,
  { etag, lastModifiedAtMs }: PhotoVersion,
): Attempt {
  const work = { ...start.work, photo: { ...start.work.photo, etag, lastModifiedAtMs } };
  return subjectOf({ ...start, work });
}

/** The version as the work knows it, which may be only by name. */
export function subjectOf(start: Omit<Attempt, 'outcomeKey' | 'dayMs'>): Attempt {
  const { photo, firstSeenAtMs, replayCount = 0 } = start.work;
  const { model } = start.deps.predictor;
  return {
    ...start,
    outcomeKey: photoOutcomeKey(photo, photo.etag ?? '', model, replayCount),
    dayMs: photo.lastModifiedAtMs ?? firstSeenAtMs,
  };
}

export function turnAway(attempt: Attempt, reason: RejectionReason, photo?: PhotoFacts): Verdict {
  const message = rejectionAdvice[reason];
  const outcome = { ...outcomeBase(attempt), photo, kind: 'rejected', reason, message } as const;
  return { kind: 'decided', outcome };
}

/** @param detail - one line, safe to log. */
export function giveUp(
  attempt: Attempt,
  reason: DeathReason,
  detail: string,
  photo?: PhotoFacts,
): Verdict {
  const message = deathAdvice[reason];
  const outcome = { ...outcomeBase(attempt), photo, kind: 'dead', reason, message } as const;
  return { kind: 'decided', outcome: { ...outcome, detail } };
}

export function outcomeBase({ deps, work, stages, outcomeKey }: Attempt) {
  const settledAtMs = deps.clock.nowMs();
  const totalMs = settledAtMs - work.firstSeenAtMs;
  const timings: StageTimings = { ...stages.spent(), totalMs };
  return {
    outcomeKey,
    model: deps.predictor.model,
    wanted: wantedOf(work),
    source: work.source,
    attempts: { deferralCount: work.deferralCount, firstSeenAtMs: work.firstSeenAtMs },
    timings,
    settledAtMs,
    traceparent: work.traceparent,
  };
}

function wantedOf({ photo: { account, container, blobName, etag } }: PhotoWork) {
  return { account, container, blobName, etag };
}

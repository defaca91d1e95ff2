/**
 * The way of one photo: open, look up, read, check, predict, settle. It answers with a fate; what it
 * throws (storage or hub away) means "nothing was decided, try again".
 */
import { createHash } from 'node:crypto';
import { photoOutcomeKey } from '../ledger/outcomeKey.ts';
import { blobNameProblem } from '../photo/blobName.ts';
import { captureContextOf } from '../photo/captureContext.ts';
import { checkIntake, lengthProblem } from '../photo/intake.ts';
import { type CaptureContext, normalizeEtag, type PhotoVersion } from '../photo/photo.ts';
import { decide } from '../prediction/decision.ts';
import type { Failure } from '../prediction/failure.ts';
import type { Prediction } from '../prediction/prediction.ts';
import type { PhotoFacts, StageTimings } from '../results/outcome.ts';
import { type RejectionReason, rejectionAdvice } from '../results/rejection.ts';
import type { Budget, PipelineDeps } from './deps.ts';
import type { Fate, PhotoWork } from './fate.ts';
import { addressName, announce, settle } from './settle.ts';
import { type StageClock, stageClock } from './stageClock.ts';

/** One try at one photo: everything its steps share. */
interface Try {
  readonly deps: PipelineDeps;
  readonly work: PhotoWork;
  readonly budget: Budget;
  readonly stages: StageClock;
}

/** Unusable answers are tried once more, then the photo is turned away. */
const maxBadAnswerCount = 1;

/** @throws PipelineError `STORE_UNAVAILABLE`, `EVENTS_UNAVAILABLE`, `DOCUMENT_INVALID` */
export async function processPhoto(
  deps: PipelineDeps,
  work: PhotoWork,
  budget: Budget,
): Promise<Fate> {
  const attempt: Try = { deps, work, budget, stages: stageClock(deps.clock) };
  const nameProblem = blobNameProblem(work.photo.blobName);
  if (nameProblem) return turnAway(attempt, nameProblem);

  const opened = await attempt.stages.time('openMs', () =>
    deps.photos.open(work.photo, budget.signal),
  );
  if (opened.kind === 'missing') return turnAway(attempt, 'photo-missing');
  const context = mergeContext(work.source.context, captureContextOf(opened.context));
  const known = { ...attempt, work: { ...work, source: { ...work.source, context } } };
  const { etag } = work.photo;
  return etag !== undefined && normalizeEtag(etag) !== opened.version.etag
    ? turnAway(known, 'photo-overwritten')
    : processVersion(known, opened.version);
}

async function processVersion(opened: Try, version: PhotoVersion): Promise<Fate> {
  const attempt = { ...opened, work: pinned(opened.work, version) };
  const { deps, budget, stages } = attempt;
  const blobName = addressName(deps, version.lastModifiedAtMs, keyOf(attempt, version.etag));
  const earlier = await stages.time('lookupMs', () => deps.outcomes.find(blobName, budget.signal));
  if (earlier) return announce(deps, earlier, deps.outcomes.addressOf(blobName), false);

  const wrongLength = lengthProblem(version.contentLengthBytes);
  if (wrongLength) return turnAway(attempt, wrongLength, version);
  const body = await stages.time('readMs', () => deps.photos.read(version, budget.signal));
  return body.kind === 'bytes'
    ? checkAndPredict(attempt, version, body.bytes)
    : turnAway(attempt, `photo-${body.kind}`, version);
}

/** From here on the work is about this version: waiting, it does not become the next one's. */
function pinned(work: PhotoWork, { etag, lastModifiedAtMs }: PhotoVersion): PhotoWork {
  return { ...work, photo: { ...work.photo, etag, lastModifiedAtMs } };
}

async function checkAndPredict(attempt: Try, version: PhotoVersion, bytes: Buffer): Promise<Fate> {
  const { deps, budget, stages } = attempt;
  const verdict = await stages.time('checkMs', () => checkIntake(bytes, deps.readSize));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (verdict.kind === 'unfit') return turnAway(attempt, verdict.reason, { ...version, sha256 });
  const photo: PhotoFacts = { ...version, sha256, format: verdict.format, ...verdict.size };

  const answer = await stages.time('predictMs', () => deps.predictor.predict(bytes, budget.signal));
  return answer.kind === 'predicted'
    ? settlePredicted(attempt, photo, answer.prediction)
    : settleFailed(attempt, photo, answer.failure);
}

function settlePredicted(attempt: Try, photo: PhotoFacts, prediction: Prediction): Promise<Fate> {
  const { deps, budget } = attempt;
  const decision = decide(prediction.tags, deps.reviewBelowConfidence);
  const outcome = { ...outcomeBase(attempt, photo), kind: 'predicted', photo } as const;
  return settle(deps, { ...outcome, prediction, decision }, photo.lastModifiedAtMs, budget);
}

async function settleFailed(attempt: Try, photo: PhotoFacts, failure: Failure): Promise<Fate> {
  const { work } = attempt;
  if (failure.class === 'unfit') return turnAway(attempt, failure.reason, photo);
  const rejectAs = failure.class === 'transient' ? failure.rejectAs : undefined;
  if (rejectAs === undefined) return { kind: 'waiting', work, failure };
  if (work.badAnswerCount >= maxBadAnswerCount) return turnAway(attempt, rejectAs, photo);
  const again = { ...work, badAnswerCount: work.badAnswerCount + 1 };
  return { kind: 'waiting', work: again, failure };
}

function turnAway(attempt: Try, reason: RejectionReason, photo?: PhotoFacts): Promise<Fate> {
  const { deps, work, budget } = attempt;
  const outcome = {
    ...outcomeBase(attempt, photo),
    kind: 'rejected',
    reason,
    message: rejectionAdvice[reason],
  } as const;
  const lastModifiedAtMs = photo?.lastModifiedAtMs ?? work.photo.lastModifiedAtMs;
  return settle(deps, outcome, lastModifiedAtMs ?? work.firstSeenAtMs, budget);
}

function outcomeBase(attempt: Try, photo: PhotoFacts | undefined) {
  const { deps, work, stages } = attempt;
  const settledAtMs = deps.clock.nowMs();
  const totalMs = settledAtMs - work.firstSeenAtMs;
  const timings: StageTimings = { ...stages.spent(), totalMs };
  return {
    outcomeKey: keyOf(attempt, photo?.etag ?? work.photo.etag ?? ''),
    model: deps.predictor.model,
    photo,
    source: work.source,
    attempts: { deferralCount: work.deferralCount, firstSeenAtMs: work.firstSeenAtMs },
    timings,
    settledAtMs,
  };
}

function keyOf({ deps, work }: Try, etag: string): string {
  return photoOutcomeKey(work.photo, etag, deps.predictor.model);
}

/** What the event said holds; blob metadata fills the gaps. */
function mergeContext(said: CaptureContext, stored: CaptureContext): CaptureContext {
  const present = Object.entries(said).filter(([, value]) => value !== undefined);
  return { ...stored, ...Object.fromEntries(present) };
}

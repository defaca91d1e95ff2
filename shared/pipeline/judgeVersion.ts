/** Read, check and predict one version of a photo, under its claim. */
import { createHash } from 'node:crypto';
import { deathOf, isPhotosOwn, maxBadAnswerCount } from '../deferral/budgets.ts';
import { checkIntake, lengthProblem } from '../photo/intake.ts';
import type { PhotoVersion } from '../photo/photo.ts';
import { decide } from '../prediction/decision.ts';
import type { Failure, WaitingFailure } from '../prediction/failure.ts';
import type { Prediction } from '../prediction/prediction.ts';
import type { PhotoFacts } from '../results/outcome.ts';
import { type Attempt, giveUp, outcomeBase, turnAway, type Verdict } from './attempt.ts';
import { claimHeld, type Hold } from './holdClaim.ts';
import { predictInTurn } from './predictInTurn.ts';

/** @throws PipelineError `STORE_UNAVAILABLE` */
export async function judgeVersion(
  attempt: Attempt,
  version: PhotoVersion,
  hold: Hold,
): Promise<Verdict> {
  const { deps, work, budget, stages } = attempt;
  const death = deathOf(work, deps.clock.nowMs(), deps.budgets);
  if (death) return giveUp(attempt, death, `parked ${work.deferralCount} times`, version);
  const wrongLength = lengthProblem(version.contentLengthBytes);
  if (wrongLength) return turnAway(attempt, wrongLength, version);
  const body = await stages.time('readMs', () => deps.photos.read(version, budget.signal));
  return body.kind === 'bytes'
    ? checkAndPredict(attempt, version, body.bytes, hold)
    : turnAway(attempt, `photo-${body.kind}`, version);
}

const stopping = {
  class: 'transient',
  code: 'STOPPING',
  detail: 'the process is to end: no call is begun that it might not live to see answered',
} as const;

async function checkAndPredict(
  attempt: Attempt,
  version: PhotoVersion,
  bytes: Buffer,
  hold: Hold,
): Promise<Verdict> {
  const { deps, stages } = attempt;
  const verdict = await stages.time('checkMs', () => checkIntake(bytes, deps.readSize));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (verdict.kind === 'unfit') return turnAway(attempt, verdict.reason, { ...version, sha256 });
  const photo: PhotoFacts = { ...version, sha256, format: verdict.format, ...verdict.size };

  const answer = await predictInTurn(attempt, bytes, hold);
  if (answer === 'stopping') return { kind: 'waiting', work: attempt.work, failure: stopping };
  if (answer === 'claimLost') return claimHeld(attempt.work, deps.claimTtlMs);
  return answer.kind === 'predicted'
    ? predicted(attempt, photo, answer.prediction)
    : failed(attempt, photo, answer.failure);
}

function predicted(attempt: Attempt, photo: PhotoFacts, prediction: Prediction): Verdict {
  const decision = decide(prediction.tags, attempt.deps.reviewBelowConfidence);
  const expectedIterationId = expectedInstead(prediction, attempt.deps.expectedIterationId);
  const base = { ...outcomeBase(attempt), photo, prediction, expectedIterationId, decision };
  return { kind: 'decided', outcome: { ...base, kind: 'predicted' } };
}

/** Somebody has pointed the published name elsewhere: no failure, but never unseen. */
function expectedInstead({ iterationId }: Prediction, expected: string | undefined) {
  return iterationId === undefined || iterationId === expected ? undefined : expected;
}

function failed(attempt: Attempt, photo: PhotoFacts, failure: Failure): Verdict {
  const { work } = attempt;
  if (failure.class === 'unfit') return turnAway(attempt, failure.reason, photo);
  const rejectAs = failure.class === 'transient' ? failure.rejectAs : undefined;
  if (rejectAs === undefined) return waitOrGiveUp(attempt, photo, failure);
  if (work.badAnswerCount >= maxBadAnswerCount) return turnAway(attempt, rejectAs, photo);
  const again = { ...work, badAnswerCount: work.badAnswerCount + 1 };
  return { kind: 'waiting', work: again, failure };
}

/** What fails about this very photo is counted against its budgets; all else only makes it wait. */
function waitOrGiveUp(attempt: Attempt, photo: PhotoFacts, failure: WaitingFailure): Verdict {
  const { deps, work } = attempt;
  if (!isPhotosOwn(failure)) return { kind: 'waiting', work, failure };
  const counted = { ...work, ownFailureCount: (work.ownFailureCount ?? 0) + 1 };
  const death = deathOf(counted, deps.clock.nowMs(), deps.budgets);
  return death
    ? giveUp(attempt, death, `${failure.code}: ${failure.detail}`, photo)
    : { kind: 'waiting', work: counted, failure };
}

/**
 * When work on a photo is given up. Only the photo's own failures count: errors about this very
 * photo and crashes while at it. What is the endpoint's, the hub's or storage's is waited for,
 * however long, as long as the photo itself is kept.
 */
import type { Failure } from '../prediction/failure.ts';
import type { DeathReason } from '../results/death.ts';
import type { PhotoWork } from './photoWork.ts';

export interface Budgets {
  /** From first seen; asked only once the photo has failed by itself. */
  readonly ageMs: number;
  /** Failures of its own that a photo may have. */
  readonly attemptCount: number;
}

/** A crash takes what is in flight beside it along: few of them prove nothing against a photo. */
const maxCrashCount = 10;

/** Unusable answers and our own errors come again: they are tried once more. */
export const maxBadAnswerCount = 1;

export function deathOf(
  work: PhotoWork,
  nowMs: number,
  { ageMs, attemptCount }: Budgets,
): DeathReason | undefined {
  const { ownFailureCount = 0, crashCount = 0 } = work;
  if (crashCount >= maxCrashCount) return 'crashed-repeatedly';
  if (ownFailureCount >= attemptCount) return 'attempt-budget-spent';
  const isOld = nowMs - work.firstSeenAtMs >= ageMs;
  return isOld && ownFailureCount > 0 ? 'age-budget-spent' : undefined;
}

/** 500 is an answer about this photo; 502 to 504, cut connections and silence are the endpoint's. */
export function isPhotosOwn(failure: Failure): boolean {
  return failure.class === 'transient' && failure.httpStatus === 500;
}

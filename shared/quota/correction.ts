/**
 * The quota that is granted may not be the quota that is set: another tier, another client, another
 * way of counting. Refusals tell; the rate follows what was measured, for the whole fleet.
 */
import type { QuotaLimits } from './limits.ts';
import type { QuotaState } from './quotaState.ts';

/** Answers seen by one process and not told to the fleet yet; of one generation only. */
export interface Tally {
  readonly generation: number;
  readonly okCount: number;
  readonly refusedCount: number;
}

export const noTally: Tally = { generation: 0, okCount: 0, refusedCount: 0 };

/** A verdict needs this much: fewer answers are chance. */
const windowMs = 5_000;
const minAnswerCount = 30;
/** Refusals that the jitter of the network explains; more means that the rate is too high. */
const toleratedRatio = 0.02;
const stepUpRatio = 1.005;
/** Far below the rate that was last refused there is nothing to feel for. */
const quickStepUpRatio = 1.03;
const farBelowRatio = 0.85;
/** As long as the slowest process takes to see that the store is back. */
const settlingMs = 10_000;

/** Adds what one process has seen and, once there is enough, judges the rate. */
export function corrected(
  state: QuotaState,
  tally: Tally,
  nowMs: number,
  { maxPerSecond, minPerSecond }: QuotaLimits,
): QuotaState {
  const perSecond = Math.min(maxPerSecond, state.perSecond);
  if (nowMs < state.windowStartMs) return { ...state, perSecond };
  const isPresent = tally.generation === state.generation;
  const okCount = state.okCount + (isPresent ? tally.okCount : 0);
  const refusedCount = state.refusedCount + (isPresent ? tally.refusedCount : 0);
  const answerCount = okCount + refusedCount;
  if (nowMs - state.windowStartMs < windowMs || answerCount < minAnswerCount) {
    return { ...state, perSecond, okCount, refusedCount };
  }
  const refusedRatio = refusedCount / answerCount;
  const fresh = { ...state, okCount: 0, refusedCount: 0, windowStartMs: nowMs };
  return refusedRatio > toleratedRatio
    ? {
        ...fresh,
        // By what was refused, not by half: that is the capacity that was measured.
        perSecond: Math.max(minPerSecond, state.perSecond * (1 - refusedRatio)),
        refusedPerSecond: state.perSecond,
        generation: state.generation + 1,
      }
    : { ...fresh, perSecond: Math.min(maxPerSecond, steppedUp(state, refusedCount)) };
}

function steppedUp({ perSecond, refusedPerSecond }: QuotaState, refusedCount: number): number {
  const isFarBelow = perSecond < refusedPerSecond * farBelowRatio;
  return perSecond * (isFarBelow && refusedCount === 0 ? quickStepUpRatio : stepUpRatio);
}

/**
 * The store was away and is back. Until every process has seen it some still go by their own pace,
 * and the refusals that follow say nothing about the rate: judging begins later.
 */
export function settling(state: QuotaState, nowMs: number): QuotaState {
  return { ...state, okCount: 0, refusedCount: 0, windowStartMs: nowMs + settlingMs };
}

/** @param generation - of the slot that was answered: an older one says nothing about today's rate. */
export function counted(tally: Tally, generation: number, isRefused: boolean): Tally {
  if (generation < tally.generation) return tally;
  const base = generation === tally.generation ? tally : { ...noTally, generation };
  return isRefused
    ? { ...base, refusedCount: base.refusedCount + 1 }
    : { ...base, okCount: base.okCount + 1 };
}

/** What is left to tell once `told` has been written; all of it is void after a cut. */
export function untold(tally: Tally, told: Tally, generation: number): Tally {
  if (tally.generation !== generation) return { ...noTally, generation };
  if (told.generation !== generation) return tally;
  return {
    generation,
    okCount: tally.okCount - told.okCount,
    refusedCount: tally.refusedCount - told.refusedCount,
  };
}

/** What the operator grants, and what the governor makes of it. */
import type { PerLane } from './lanes.ts';

export interface QuotaLimits {
  /** What the governor starts from and never goes beyond. */
  readonly maxPerSecond: number;
  /** What refusals never push it below. */
  readonly minPerSecond: number;
  /** `undefined` where the tier has no monthly limit. */
  readonly monthlyCallCount: number | undefined;
  readonly weights: PerLane;
}

/** Two in a hundred for the jitter of the network: 9.8 is sound at 10, 10 is not (decision 008). */
const soundRatio = 0.98;
const floorRatio = 0.1;

/** @param callsPerSecond - what the prediction resource grants. */
export function quotaLimits(
  callsPerSecond: number,
  monthlyCallCount: number | undefined,
  weights: PerLane,
): QuotaLimits {
  return {
    maxPerSecond: callsPerSecond * soundRatio,
    minPerSecond: callsPerSecond * floorRatio,
    monthlyCallCount,
    weights,
  };
}

/** Slots taken in one step: about a second's worth, which is what a crash of one process may lose. */
export function chunkCount(perSecond: number): number {
  return Math.max(1, Math.min(10, Math.round(perSecond)));
}

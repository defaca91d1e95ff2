/**
 * How long waiting work will take, said honestly: what is expected at the present rate, and what it
 * may be if the rate has to give way. For receipts, alarms and dry runs.
 */
import { type Lane, lanes, mapLanes, type PerLane, sumOf } from './lanes.ts';
import { monthEndMs } from './quotaState.ts';
import type { QuotaStats } from './quotaStats.ts';

export type DrainEstimate =
  | {
      readonly kind: 'drains';
      readonly expectedMs: number;
      readonly upperMs: number;
      /** When each lane is through, expected. */
      readonly expectedByLaneMs: PerLane;
    }
  /** Nobody can say before the pause is lifted. */
  | { readonly kind: 'paused'; readonly reason: string };

/** One strong cut, or a foreign client that takes its part. */
const lowRatio = 0.75;
/** Waiting photos come back from the queue a little late. */
const returnMs = 30_000;

export function drainEstimate(
  stats: QuotaStats,
  weights: PerLane,
  queued: Partial<PerLane>,
  nowMs: number,
): DrainEstimate {
  if (stats.mode === 'paused') return { kind: 'paused', reason: stats.pausedBecause };
  const counts = mapLanes((lane) => queued[lane] ?? 0);
  const callCount = sumOf(counts);
  if (callCount === 0) {
    return { kind: 'drains', expectedMs: 0, upperMs: 0, expectedByLaneMs: counts };
  }
  const waitMs = beforeTheFirstMs(stats, callCount, nowMs);
  const perSecond = Math.max(stats.perSecond, Number.MIN_VALUE);
  const byLane = fluidMs(counts, weights, perSecond);
  const expectedByLaneMs = mapLanes((lane) => (counts[lane] > 0 ? waitMs + byLane[lane] : 0));
  const expectedMs = Math.max(...lanes.map((lane) => expectedByLaneMs[lane]));
  const upperMs = waitMs + (1_000 * callCount) / (perSecond * lowRatio) + returnMs;
  return { kind: 'drains', expectedMs, upperMs, expectedByLaneMs };
}

/** What is reserved already goes first; a month that does not suffice ends first. */
function beforeTheFirstMs(stats: QuotaStats, callCount: number, nowMs: number): number {
  if (stats.blockedUntilMs !== undefined) return Math.max(0, stats.blockedUntilMs - nowMs);
  const leftCount = (stats.monthlyCallCount ?? Number.POSITIVE_INFINITY) - stats.usedThisMonthCount;
  return callCount > leftCount ? monthEndMs(nowMs) - nowMs : stats.reservedAheadMs;
}

/** All lanes drain together by their weights; a lane that is through leaves its share to the rest. */
function fluidMs(counts: PerLane, weights: PerLane, perSecond: number): PerLane {
  const left: Record<Lane, number> = { ...counts };
  const endMs: Record<Lane, number> = { ...counts };
  let elapsedMs = 0;
  let present = lanes.filter((lane) => left[lane] > 0);
  while (present.length > 0) {
    const weight = sumOf(weights, present);
    const perMs = (lane: Lane) => (perSecond * weights[lane]) / weight / 1_000;
    const stepMs = Math.min(...present.map((lane) => left[lane] / perMs(lane)));
    elapsedMs += stepMs;
    for (const lane of present) {
      left[lane] -= perMs(lane) * stepMs;
      if (left[lane] < 1e-9) {
        left[lane] = 0;
        endMs[lane] = elapsedMs;
      }
    }
    present = present.filter((lane) => left[lane] > 0);
  }
  return endMs;
}

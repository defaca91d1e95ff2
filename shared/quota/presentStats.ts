/** What a process knows of its quota, and what the fleet has written down since. */
import { longestHorizonMs } from './lanes.ts';
import { monthEndMs, type QuotaState } from './quotaState.ts';
import type { QuotaStats } from './quotaStats.ts';

/** @param state - `undefined` where nobody has called yet. */
export function presentStats(
  own: QuotaStats,
  state: QuotaState | undefined,
  nowMs: number,
): QuotaStats {
  if (!state) return own;
  const reservedAheadMs = Math.max(0, state.tatMs - nowMs);
  const spentUntilMs = spentUntil(own, state, nowMs);
  return {
    ...own,
    mode: modeOf(own, state, spentUntilMs !== undefined),
    perSecond: state.perSecond,
    generation: state.generation,
    usedThisMonthCount: state.usedCount,
    reservedAheadMs,
    headroomRatio: 1 - Math.min(1, reservedAheadMs / longestHorizonMs),
    blockedUntilMs: spentUntilMs ?? own.blockedUntilMs,
    pausedBecause: own.pausedBecause || state.pausedBecause,
  };
}

/** As the service has said, or as the fleet has counted. */
function spentUntil(
  { monthlyCallCount }: QuotaStats,
  { exhaustedUntilMs, usedCount }: QuotaState,
  nowMs: number,
): number | undefined {
  if (exhaustedUntilMs > nowMs) return exhaustedUntilMs;
  return usedCount >= (monthlyCallCount ?? Number.POSITIVE_INFINITY)
    ? monthEndMs(nowMs)
    : undefined;
}

function modeOf(
  { mode }: QuotaStats,
  { pausedBecause }: QuotaState,
  isExhausted: boolean,
): QuotaStats['mode'] {
  if (mode === 'paused' || pausedBecause !== '') return 'paused';
  return isExhausted ? 'exhausted' : mode;
}

/** What a process knows of its quota, and what the fleet has written down since. */

import { longestHorizonMs } from './lanes.ts';
import type { QuotaState } from './quotaState.ts';
import type { QuotaStats } from './quotaStats.ts';

/** @param state - `undefined` where nobody has called yet. */
export function presentStats(
  own: QuotaStats,
  state: QuotaState | undefined,
  nowMs: number,
): QuotaStats {
  if (!state) return own;
  const reservedAheadMs = Math.max(0, state.tatMs - nowMs);
  const isExhausted = state.exhaustedUntilMs > nowMs;
  return {
    ...own,
    mode: modeOf(own, state, isExhausted),
    perSecond: state.perSecond,
    generation: state.generation,
    usedThisMonthCount: state.usedCount,
    reservedAheadMs,
    headroomRatio: 1 - Math.min(1, reservedAheadMs / longestHorizonMs),
    blockedUntilMs: isExhausted ? state.exhaustedUntilMs : own.blockedUntilMs,
    pausedBecause: own.pausedBecause || state.pausedBecause,
  };
}

function modeOf(
  { mode }: QuotaStats,
  { pausedBecause }: QuotaState,
  isExhausted: boolean,
): QuotaStats['mode'] {
  if (mode === 'paused' || pausedBecause !== '') return 'paused';
  return isExhausted ? 'exhausted' : mode;
}

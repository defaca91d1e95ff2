/** What an operator, a receipt or an alarm may want to know of the quota. */
import { type Keeper, type KeeperCounts, storeNowMs } from './keeper.ts';
import { longestHorizonMs, type PerLane } from './lanes.ts';
import { firstState, monthEndMs, monthOf, type QuotaState } from './quotaState.ts';

export interface QuotaStats {
  readonly mode: 'shared' | 'alone' | 'paused' | 'exhausted' | 'unlimited';
  /** Calls per second: of the fleet, or of this process alone while the store is away. */
  readonly perSecond: number;
  /** What the rate started from and returns to. */
  readonly maxPerSecond: number;
  readonly generation: number;
  /** From 1, nobody has reserved anything, to 0, no slot to be had. As of the last look. */
  readonly headroomRatio: number;
  /** How far ahead the fleet has reserved, as of the last look. */
  readonly reservedAheadMs: number;
  /** Photos of this process that wait for a slot. */
  readonly waiting: PerLane;
  readonly queueAgeMs: number;
  readonly usedThisMonthCount: number;
  readonly monthlyCallCount: number | undefined;
  /** When the present pause or exhaustion ends, where that is known. */
  readonly blockedUntilMs: number | undefined;
  readonly pausedBecause: string;
  readonly clockOffsetMs: number;
  readonly counts: Readonly<KeeperCounts>;
}

export function statsOf(keeper: Keeper): QuotaStats {
  const { line, world, limits, pace, isAlone } = keeper;
  const state = keeper.latest?.state ?? firstState(0, limits);
  const nowMs = storeNowMs(keeper);
  const reservedAheadMs = Math.max(0, state.tatMs - nowMs);
  const blockedUntilMs = blockedUntil(keeper, state, nowMs);
  return {
    mode: modeOf(keeper, state, blockedUntilMs !== undefined),
    perSecond: isAlone ? pace.perSecond() : state.perSecond,
    maxPerSecond: limits.maxPerSecond,
    generation: state.generation,
    headroomRatio: 1 - Math.min(1, reservedAheadMs / longestHorizonMs),
    reservedAheadMs,
    waiting: line.waiting(),
    queueAgeMs: Math.max(0, world.nowMs() - (line.oldestSinceMs() ?? Number.POSITIVE_INFINITY)),
    usedThisMonthCount: state.usedCount,
    monthlyCallCount: limits.monthlyCallCount,
    blockedUntilMs,
    pausedBecause: state.pausedBecause,
    clockOffsetMs: keeper.clock.offsetMs(),
    counts: { ...keeper.counts },
  };
}

function blockedUntil(
  { limits, exhaustedUntilMs }: Keeper,
  state: QuotaState,
  nowMs: number,
): number | undefined {
  const saidUntilMs = Math.max(state.exhaustedUntilMs, exhaustedUntilMs);
  if (saidUntilMs > nowMs) return saidUntilMs;
  const isSpent = state.usedCount >= (limits.monthlyCallCount ?? Number.POSITIVE_INFINITY);
  return isSpent && state.month === monthOf(nowMs) ? monthEndMs(nowMs) : undefined;
}

function modeOf(
  { isAlone }: Keeper,
  { pausedBecause }: QuotaState,
  isExhausted: boolean,
): QuotaStats['mode'] {
  if (pausedBecause !== '') return 'paused';
  if (isExhausted) return 'exhausted';
  return isAlone ? 'alone' : 'shared';
}

/**
 * The heart of the governor, pure: slots out of the shared state, evenly spaced by GCRA. A slot is
 * the right to one call at one time. Whoever manages to store the new state owns the slots.
 */
import { type Lane, laneHorizonMs, lanes, nextLane, type PerLane } from './lanes.ts';
import { chunkCount, type QuotaLimits } from './limits.ts';
import { broughtTo, monthEndMs, type QuotaState } from './quotaState.ts';

export interface Slot {
  /** By the store's clock. */
  readonly atMs: number;
  /** Whose share it is taken from. */
  readonly lane: Lane;
  /** `undefined` for a slot of the process's own pace, while the store is away. */
  readonly generation: number | undefined;
}

export type Reservation =
  | { readonly kind: 'slots'; readonly state: QuotaState; readonly slots: readonly Slot[] }
  /** Everything within the horizon is taken; from `untilMs` on there may be room. */
  | { readonly kind: 'denied'; readonly untilMs: number }
  /** The month's calls are spent. */
  | { readonly kind: 'exhausted'; readonly untilMs: number }
  | { readonly kind: 'paused'; readonly reason: string };

/** @param wanted - photos waiting, by lane. At most a chunk is given at a time. */
export function reserve(
  given: QuotaState,
  nowMs: number,
  wanted: PerLane,
  limits: QuotaLimits,
): Reservation {
  const state = broughtTo(given, nowMs);
  if (state.pausedBecause !== '') return { kind: 'paused', reason: state.pausedBecause };
  if (state.exhaustedUntilMs > nowMs) return exhausted(state.exhaustedUntilMs);
  const leftCount = (limits.monthlyCallCount ?? Number.POSITIVE_INFINITY) - state.usedCount;
  if (leftCount <= 0) return exhausted(monthEndMs(nowMs));

  const baseMs = Math.max(nowMs, state.tatMs);
  const horizons = lanes
    .filter((lane) => wanted[lane] > 0)
    .map((lane) => ({ lane, ms: laneHorizonMs(lane, state.use, limits.weights) }));
  const admitted = horizons.filter(({ ms }) => baseMs - nowMs <= ms).map(({ lane }) => lane);
  if (admitted.length === 0) {
    return { kind: 'denied', untilMs: baseMs - Math.max(...horizons.map(({ ms }) => ms)) };
  }
  const maxCount = Math.min(leftCount, chunkCount(state.perSecond));
  return give(state, baseMs, { wanted, admitted, maxCount, weights: limits.weights });
}

interface Gift {
  readonly wanted: PerLane;
  readonly admitted: readonly Lane[];
  readonly maxCount: number;
  readonly weights: PerLane;
}

function give(state: QuotaState, baseMs: number, gift: Gift): Reservation {
  const { perSecond, generation, usedCount } = state;
  const wanted: Record<Lane, number> = { ...gift.wanted };
  const use: Record<Lane, number> = { ...state.use };
  const intervalMs = 1_000 / perSecond;
  const slots: Slot[] = [];
  while (slots.length < gift.maxCount) {
    const wanting = gift.admitted.filter((lane) => wanted[lane] > 0);
    const lane = nextLane(wanting, use, gift.weights);
    if (lane === undefined) break;
    wanted[lane] -= 1;
    use[lane] += 1;
    slots.push({ atMs: baseMs + slots.length * intervalMs, lane, generation });
  }
  const tatMs = baseMs + slots.length * intervalMs;
  return {
    kind: 'slots',
    state: { ...state, tatMs, use, usedCount: usedCount + slots.length },
    slots,
  };
}

function exhausted(untilMs: number): Reservation {
  return { kind: 'exhausted', untilMs };
}

/**
 * Lanes of work that share one quota. Who is served next follows from what each lane has used lately
 * over its weight; how far ahead a lane may reserve follows from whether it has had its share. Both
 * are read from the shared state, so that lanes hold across processes (docs/decisions/008).
 */

/** In the order in which the shared state keeps their use. */
export const lanes = ['live', 'line', 'drained', 'backfill', 'shadow'] as const;

export type Lane = (typeof lanes)[number];

export type PerLane = Readonly<Record<Lane, number>>;

export const noLane: PerLane = { live: 0, line: 0, drained: 0, backfill: 0, shadow: 0 };

/** People and cameras wait for the first two; the last two have all night. */
export const defaultWeights: PerLane = { live: 8, line: 8, drained: 4, backfill: 1, shadow: 1 };

/** Use of a moment ago counts in full, use of ten seconds ago by a third. */
const useDecayMs = 10_000;

/** Below this a lane counts as silent: one call is forgotten after 23 s. */
const silentUseCount = 0.1;

/** How far ahead of now a lane may reserve. */
const horizonMs = {
  /** Alone in the house: what a crash may lose and a cut rate has to wait for. */
  alone: 10_000,
  /** Nobody waits for these lanes: whoever comes next finds the queue of slots short. */
  aloneInBackground: 2_000,
  /** Without any of its share so far: beyond what others can fill, so that it gets in. */
  starved: 14_000,
  /** It has had its share: enough to keep the line busy, no more. */
  ahead: 2_000,
} as const;

const backgroundLanes: ReadonlySet<Lane> = new Set(['backfill', 'shadow']);

export const longestHorizonMs = horizonMs.starved;

export function laneHorizonMs(lane: Lane, use: PerLane, weights: PerLane): number {
  const others = lanes.filter((other) => other !== lane && use[other] >= silentUseCount);
  if (others.length === 0) {
    return backgroundLanes.has(lane) ? horizonMs.aloneInBackground : horizonMs.alone;
  }
  const present = [lane, ...others];
  const fairUse = sumOf(use, present) / sumOf(weights, present);
  const shareRatio = use[lane] / weights[lane] / fairUse;
  if (shareRatio >= 1) return horizonMs.ahead;
  return horizonMs.alone + (horizonMs.starved - horizonMs.alone) * (1 - shareRatio);
}

/** Of the lanes that want a slot, the one that has had least for its weight; the first on a tie. */
export function nextLane(
  wanting: readonly Lane[],
  use: PerLane,
  weights: PerLane,
): Lane | undefined {
  let [best, ...rest] = wanting;
  for (const lane of rest) {
    if (best && use[lane] / weights[lane] < use[best] / weights[best]) best = lane;
  }
  return best;
}

export function decayed(use: PerLane, elapsedMs: number): PerLane {
  const factor = Math.exp(-Math.max(0, elapsedMs) / useDecayMs);
  return mapLanes((lane) => use[lane] * factor);
}

export function mapLanes(valueOf: (lane: Lane) => number): PerLane {
  return {
    live: valueOf('live'),
    line: valueOf('line'),
    drained: valueOf('drained'),
    backfill: valueOf('backfill'),
    shadow: valueOf('shadow'),
  };
}

export function sumOf(values: PerLane, of: readonly Lane[] = lanes): number {
  return of.reduce((sum, lane) => sum + values[lane], 0);
}

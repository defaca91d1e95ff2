/** The runs of the bench: each condition of the targets Q1 to Q11, and the same beside other strategies. */
import { type Lane, lanes } from '../../shared/quota/lanes.ts';
import type { EndpointModel } from './endpoint.ts';
import { everyday, type Scenario } from './scenario.ts';

export const strategyNames = ['governor', 'sdk', 'jitter', 'aimd', 'adaptive', 'leases'] as const;

export type StrategyName = (typeof strategyNames)[number];

/** What has to hold, by measure. */
export type Targets = Readonly<
  Record<string, { readonly op: '>=' | '<='; readonly value: number }>
>;

export interface Run {
  readonly strategy: StrategyName;
  readonly scenario: Scenario;
  /** What the case says beyond strategy, instances, load and window: `key=value`. */
  readonly note: string;
  readonly targets: Targets;
}

const atLeast = (value: number) => ({ op: '>=', value }) as const;
const atMost = (value: number) => ({ op: '<=', value }) as const;

/** A bucket of one call lets no two calls near each other: the hardest of all. */
const strictBucket: EndpointModel = { window: 'bucket', burstCount: 1, refusedCosts: false };
const sliding: EndpointModel = { window: 'sliding', burstCount: 0, refusedCosts: false };
const aligned: EndpointModel = { window: 'aligned', burstCount: 0, refusedCosts: false };
const bucketOf = (burstCount: number): EndpointModel => ({
  window: 'bucket',
  burstCount,
  refusedCosts: false,
});

const q1: Targets = {
  goodputRatio: atLeast(0.975),
  throttledRatio: atMost(0.001),
  overrunRatio: atMost(0),
  poisonedCount: atMost(0),
};
const q2: Targets = { goodputRatio: atLeast(0.94), throttledRatio: atMost(0.015) };
const q3: Targets = { goodputRatio: atLeast(0.7), throttledRatio: atMost(0.015) };
const q4: Targets = {
  servedRatio: atLeast(1),
  resultP50Ms: atMost(450),
  resultP99Ms: atMost(1_200),
  poisonedCount: atMost(0),
};
const q5: Targets = {
  servedRatio: atLeast(1),
  resultP99Ms: atMost(15_000),
  poisonedCount: atMost(0),
};
const q6: Targets = { goodputRatio: atLeast(0.97), throttledRatio: atMost(0.02) };
const q7: Targets = { goodputRatio: atLeast(0.8), throttledRatio: atMost(0.15) };
const q8: Targets = { goodputRatio: atLeast(0.85) };
/** A clock that is right to half a second lets a call or two come early. */
const q10: Targets = {
  goodputRatio: atLeast(0.975),
  throttledRatio: atMost(0.001),
  overrunRatio: atMost(0.03),
  poisonedCount: atMost(0),
};
const q9 = (instanceCount: number): Targets => ({
  writesPerPrediction: atMost(2),
  readsPerPrediction: atMost(instanceCount > 100 ? 6 : 1.2),
  conflictRatio: atMost(0.45),
});

type Change = Partial<Scenario>;

function run(note: string, targets: Targets, change: Change): Run {
  return { strategy: 'governor', scenario: { ...everyday, ...change }, note, targets };
}

function saturated(instanceCount: number, load: number): Run {
  const { endMs } = everyday;
  const targets = { ...q1, ...q9(instanceCount) };
  return run('', targets, { instanceCount, load: { live: load }, endMs });
}

/** Long enough for a 99th percentile that is none of chance. */
const longMs = 360_000;

function unsaturated(instanceCount: number, load: number): Run {
  const targets = { ...(load < 0.9 ? q4 : q5), ...q9(instanceCount) };
  return run('', targets, { instanceCount, load: { live: load }, endMs: longMs });
}

const minute = 60_000;
const outage = { fromMs: 2 * minute, untilMs: 3 * minute };

/** Store away for a minute: during it, and from a minute after it. */
function outages(instanceCount: number): Run[] {
  const away = { instanceCount, outage };
  return [
    run('outage=during', q7, { ...away, warmMs: outage.fromMs, endMs: outage.untilMs }),
    run('outage=after', q1, { ...away, warmMs: 4 * minute, endMs: 6 * minute }),
  ];
}

function troubles(instanceCount: number): Run[] {
  const crash = { atMs: 2 * minute, ratio: 0.5 };
  return [
    run('', q2, { instanceCount, model: sliding }),
    run('', q1, { instanceCount, model: aligned }),
    run('burst=1', q3, { instanceCount, model: strictBucket, endMs: longMs }),
    run('burst=2', q1, { instanceCount, model: bucketOf(2) }),
    run('trueQuota=half', q6, { instanceCount, truePerSecond: 5, endMs: longMs }),
    run('foreign=0.3x', {}, { instanceCount, foreignPerSecond: 3, endMs: longMs }),
    run('skew=2s', q10, { instanceCount, skew: 'twoSeconds' }),
    run('skew=60s', q10, { instanceCount, skew: 'oneMinute' }),
    ...(instanceCount <= 16 ? outages(instanceCount) : []),
    ...(instanceCount > 1
      ? [run('crash=half', q8, { instanceCount, crash, warmMs: crash.atMs, endMs: 3 * minute })]
      : []),
    run('refusedCosts=yes', q1, {
      instanceCount,
      model: { window: 'bucket', burstCount: 10, refusedCosts: true },
    }),
  ];
}

/** What is left of the quota in the eighty seconds in which one lane's work comes to its end. */
const lentTargets: Targets = { goodputRatio: atLeast(0.93), throttledRatio: atMost(0.001) };

/** Five lanes in processes of their own, all with more than the quota; one that falls silent. */
function laneRuns(): Run[] {
  const load: Scenario['load'] = Object.fromEntries(lanes.map((lane) => [lane, 1])) as Record<
    Lane,
    number
  >;
  const lent = { live: 1.5, backfill: 1.5 };
  const silent = { silentAtMs: 100_000, warmMs: 100_000, endMs: 180_000 };
  return [
    run(
      'lanes=all',
      { ...q1, worstLaneShareRatio: atLeast(0.6) },
      { instanceCount: 10, load, isDedicated: true },
    ),
    run('lanes=lent', lentTargets, { instanceCount: 4, load: lent, isDedicated: true, ...silent }),
  ];
}

/** 500 photos at once on a third of the quota. */
function burst(instanceCount: number): Run {
  const change = {
    instanceCount,
    load: { live: 0.3 },
    burstCount: 500,
    warmMs: minute,
    endMs: 240_000,
  };
  return run('burst=500', { servedRatio: atLeast(1), throttledRatio: atMost(0.002) }, change);
}

function others(instanceCount: number, loads: readonly number[]): Run[] {
  return strategyNames
    .filter((strategy) => strategy !== 'governor')
    .flatMap((strategy) =>
      loads.map((load) => ({
        ...run('', {}, { instanceCount, load: { live: load }, endMs: 180_000 }),
        strategy,
      })),
    );
}

/** Each target once or more, within a minute on one machine. */
export function quickSet(): readonly Run[] {
  return [
    ...[1, 4, 16, 100].flatMap((count) => [saturated(count, 2), unsaturated(count, 0.5)]),
    ...[1, 16].flatMap((count) => [saturated(count, 10), unsaturated(count, 0.95)]),
    saturated(1_000, 2),
    ...troubles(16),
    ...laneRuns(),
    burst(16),
    ...others(16, [2]),
  ];
}

export function fullSet(): readonly Run[] {
  const counts = [1, 4, 16, 100, 1_000];
  return [
    ...counts.flatMap((count) => [
      saturated(count, 2),
      saturated(count, 10),
      unsaturated(count, 0.5),
      unsaturated(count, 0.95),
      burst(count),
    ]),
    ...[1, 4, 16, 100].flatMap(troubles),
    ...[3, 5, 20].map((burstCount) =>
      run(`burst=${burstCount}`, q1, { model: bucketOf(burstCount) }),
    ),
    ...laneRuns(),
    ...counts.flatMap((count) => others(count, count === 1_000 ? [2] : [0.95, 2, 10])),
    ...others(16, [2]).map((each) => ({
      ...each,
      note: 'refusedCosts=yes',
      scenario: { ...each.scenario, model: { ...each.scenario.model, refusedCosts: true } },
    })),
  ];
}

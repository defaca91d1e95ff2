/** What a run is judged by. */
import { defaultWeights, sumOf } from '../../shared/quota/lanes.ts';
import { type Measure, quantile } from '../measure.ts';
import { type Fleet, type Item, type MakeStrategy, runFleet, simulationStartMs } from './fleet.ts';
import type { Run, StrategyName } from './scenarioSet.ts';
import { adaptive } from './strategies/adaptive.ts';
import { aimd } from './strategies/aimd.ts';
import { type GovernorStrategy, governor } from './strategies/governor.ts';
import { jitter } from './strategies/jitter.ts';
import { leases } from './strategies/leases.ts';
import { sdk } from './strategies/sdk.ts';

const others: Readonly<Record<Exclude<StrategyName, 'governor'>, MakeStrategy>> = {
  sdk,
  jitter,
  aimd,
  adaptive,
  leases,
};

/** Photos that came in the last moments may still be under way. */
const underWayMs = 30_000;
/** "Never overrun" is held to ten seconds at a time. */
const overrunWindowMs = 10_000;

export function measuresOf(run: Run, seed: number): Measure[] {
  const scenario = { ...run.scenario, seed };
  let governed: GovernorStrategy | undefined;
  const make: MakeStrategy =
    run.strategy === 'governor' ? (fleet) => (governed = governor(fleet)) : others[run.strategy];
  const fleet = runFleet(scenario, make);
  const values = { ...valuesOf(fleet), ...(governed && costsOf(fleet, governed)) };
  // Where nobody was answered there is no time to tell.
  const told = Object.entries(values).filter(([, value]) => Number.isFinite(value));
  return told.map(([name, value]) => {
    const target = run.targets[name];
    const measure = { name, case: caseOf(run), value, unit: unitOf(name) };
    return target ? { ...measure, target } : measure;
  });
}

function caseOf({ strategy, scenario, note }: Run): string {
  const loads = Object.values(scenario.load).reduce((sum, load) => sum + load, 0);
  const { window } = scenario.model;
  const parts = [`strategy=${strategy}`, `instances=${scenario.instanceCount}`, `load=${loads}x`];
  return [...parts, `window=${window}`, ...(note === '' ? [] : [note])].join(',');
}

function unitOf(name: string): Measure['unit'] {
  if (name.endsWith('Ms')) return 'ms';
  if (name.endsWith('PerSecond')) return 'perSecond';
  return name.endsWith('Count') ? 'count' : 'ratio';
}

function valuesOf(fleet: Fleet): Record<string, number> {
  const { scenario, calls, items } = fleet;
  const fromMs = simulationStartMs + scenario.warmMs;
  const untilMs = simulationStartMs + scenario.endMs;
  const seconds = (untilMs - fromMs) / 1_000;
  const measured = calls.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);
  const acceptedCount = measured.filter(({ isAccepted }) => isAccepted).length;
  const arrived = items.filter(
    ({ arrivedAtMs }) => arrivedAtMs >= fromMs && arrivedAtMs < untilMs - underWayMs,
  );
  const answered = items.filter((item) => within(item.answeredAtMs, fromMs, untilMs));
  const resultsMs = answered.map((item) => (item.answeredAtMs ?? 0) - item.arrivedAtMs);
  const waitsMs = answered.map((item) => item.calledAtMs - item.arrivedAtMs);
  const allCount = calls.filter(({ isAccepted }) => isAccepted).length;
  return {
    goodputRatio: acceptedCount / (seconds * scenario.truePerSecond),
    throttledRatio: measured.length === 0 ? 0 : 1 - acceptedCount / measured.length,
    servedRatio: arrived.length === 0 ? 1 : arrived.filter(isAnswered).length / arrived.length,
    overrunRatio: overrunOf(
      measured.map(({ atMs }) => atMs),
      scenario.truePerSecond,
    ),
    waitP95Ms: quantile(waitsMs, 0.95),
    resultP50Ms: quantile(resultsMs, 0.5),
    resultP99Ms: quantile(resultsMs, 0.99),
    storeOpsPerSecond: fleet.storage.operationCount() / (scenario.endMs / 1_000),
    storeOpsPerPrediction: fleet.storage.operationCount() / Math.max(1, allCount),
    poisonedCount: items.filter(({ isPoisoned }) => isPoisoned).length,
    ...sharesOf(fleet, answered),
  };
}

function isAnswered({ answeredAtMs }: Item): boolean {
  return answeredAtMs !== undefined;
}

function within(atMs: number | undefined, fromMs: number, untilMs: number): boolean {
  return atMs !== undefined && atMs >= fromMs && atMs < untilMs;
}

/** Calls beyond what the quota allows in the busiest ten seconds, over what it allows; 0 = never. */
function overrunOf(atMs: readonly number[], perSecond: number): number {
  const allowedCount = (perSecond * overrunWindowMs) / 1_000;
  let firstIndex = 0;
  let mostCount = 0;
  for (const [index, at] of atMs.entries()) {
    while ((atMs[firstIndex] ?? at) <= at - overrunWindowMs) firstIndex += 1;
    mostCount = Math.max(mostCount, index - firstIndex + 1);
  }
  return Math.max(0, mostCount / allowedCount - 1);
}

/** Where several lanes have work: the worst of them, its share over the share its weight gives. */
function sharesOf({ scenario }: Fleet, answered: readonly Item[]): Record<string, number> {
  const lanes = [...new Set(answered.map(({ lane }) => lane))];
  if (lanes.length < 2 || scenario.silentAtMs !== undefined) return {};
  const weight = sumOf(defaultWeights, lanes);
  const ratios = lanes.map((lane) => {
    const share = answered.filter((item) => item.lane === lane).length / answered.length;
    return share / (defaultWeights[lane] / weight);
  });
  return { worstLaneShareRatio: Math.min(...ratios) };
}

function costsOf({ calls }: Fleet, governed: GovernorStrategy): Record<string, number> {
  const predictionCount = Math.max(1, calls.filter(({ isAccepted }) => isAccepted).length);
  const { readCount, writeCount, conflictCount } = governed.counts();
  return {
    writesPerPrediction: writeCount / predictionCount,
    readsPerPrediction: readCount / predictionCount,
    conflictRatio: conflictCount / Math.max(1, writeCount),
  };
}

/**
 * The promise in virtual time, seed after seed: the tests run twenty of them, `--full` a thousand, for
 * the night. A seed that breaks it is named, and runs the same way again. A run that is cut off tells
 * what it has.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { messageOf } from '../shared/errors.ts';
import type { Bench, BenchOptions, Measure } from './measure.ts';
import { brokenPromises } from './simulation/brokenPromises.ts';
import { runSimulation, type SimulationReport } from './simulation/runSimulation.ts';
import { callsPerSecond } from './simulation/simulatedHost.ts';

const size = { photoCount: 250, killCount: 25 };
const quickSeedCount = 2;
const usualSeedCount = 40;
const fullSeedCount = 1_000;
const tellEvery = 50;

/** `--seed` is the first of them. */
export const simulation: Bench = async ({ seed: first, isQuick, isFull, say }) => {
  const usual = isFull ? fullSeedCount : usualSeedCount;
  const seedCount = isQuick ? quickSeedCount : usual;
  const reports: SimulationReport[] = [];
  let brokenCount = 0;
  let doneCount = 0;
  await interruptibly(async (interrupted) => {
    say(`${seedCount} seeds from ${first} on`);
    while (doneCount < seedCount && !interrupted.aborted) {
      const report = await simulated(first + doneCount, say);
      if (report) reports.push(report);
      if (!report || brokenPromises(size, report).length > 0) brokenCount += 1;
      doneCount += 1;
      if (doneCount % tellEvery === 0) say(`${doneCount} seeds, ${brokenCount} broke a promise`);
      // In virtual time nothing waits: without a turn no signal is heard.
      await turn();
    }
  });
  if (doneCount < seedCount) say(`cut off after ${doneCount} of ${seedCount} seeds`);
  const range = `seeds=${first}..${first + doneCount - 1}`;
  const name = `${range},photos=${size.photoCount},kills=${size.killCount}`;
  return measuresOf(name, brokenCount, reports);
};

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Each signal as often as it comes: npm hands on what `timeout` has sent to all of them already. */
async function interruptibly(work: (interrupted: AbortSignal) => Promise<void>): Promise<void> {
  const interrupting = new AbortController();
  const interrupt = () => interrupting.abort();
  for (const signal of signals) process.on(signal, interrupt);
  try {
    await work(interrupting.signal);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}

/** @returns `undefined` where it got stuck. */
async function simulated(
  seed: number,
  say: BenchOptions['say'],
): Promise<SimulationReport | undefined> {
  try {
    const report = await runSimulation({ ...size, seed });
    const broken = brokenPromises(size, report);
    if (broken.length > 0) say(`seed ${seed}: ${broken.join(', ')}`);
    return report;
  } catch (error) {
    say(`seed ${seed}: ${messageOf(error)}`);
    return undefined;
  }
}

function measuresOf(
  name: string,
  brokenCount: number,
  reports: readonly SimulationReport[],
): readonly Measure[] {
  const common = { case: name, unit: 'count' } as const;
  const none = { op: '<=', value: 0 } as const;
  const sum = (of: (report: SimulationReport) => number) =>
    reports.reduce((total, report) => total + of(report), 0);
  const mostCallsCount = Math.max(0, ...reports.map((report) => report.mostCallsCount));
  return [
    { ...common, name: 'brokenSeeds', value: brokenCount, target: none },
    { ...common, name: 'photos', value: sum(({ photoCount }) => photoCount) },
    { ...common, name: 'effectiveKills', value: sum((report) => report.effectiveKillCount) },
    { ...common, name: 'lost', value: sum(({ lostCount }) => lostCount), target: none },
    { ...common, name: 'doubled', value: sum(({ doubledCount }) => doubledCount), target: none },
    { ...common, name: 'unpublished', value: sum((each) => each.unpublishedCount), target: none },
    { ...common, name: 'claimsLeft', value: sum((each) => each.claimsLeftCount), target: none },
    { ...common, name: 'paidTwice', value: sum(({ paidTwiceCount }) => paidTwiceCount) },
    {
      ...common,
      name: 'paidTwiceBeyondInFlight',
      value: sum((report) => report.paidTwiceBeyondInFlightCount),
      target: none,
    },
    { ...common, name: 'dead', value: sum(({ deadCount }) => deadCount) },
    {
      ...common,
      name: 'mostCallsInTenSeconds',
      value: mostCallsCount,
      target: { op: '<=', value: 10 * callsPerSecond },
    },
  ];
}

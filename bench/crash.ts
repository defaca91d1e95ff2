/**
 * Kills real processes, hundreds of times, and counts what it cost: photos lost, outcomes doubled or
 * not announced, calls paid twice. The large run keeps its stores in the bench's memory, where a call
 * takes as long as a message between processes; the small one works on Azurite.
 */

import type { CrashReport } from './crash/inspect.ts';
import { type CrashOptions, runCrash } from './crash/runCrash.ts';
import type { Bench, Measure } from './measure.ts';

export const crash: Bench = async ({ seed, isQuick, isFull, say }) => {
  const chosen: readonly Omit<CrashOptions, 'seed'>[] = isQuick
    ? quickRuns
    : isFull
      ? fullRuns
      : usualRuns;
  const runs = chosen.map((run) => ({ ...run, seed }));
  const measures: Measure[] = [];
  for (const options of runs) {
    const startedAtMs = performance.now();
    const report = await runCrash(options);
    const tookSeconds = Math.round((performance.now() - startedAtMs) / 1_000);
    say(`${caseOf(options)}: ${tookSeconds} s, ${JSON.stringify(report)}`);
    measures.push(...measuresOf(options, report));
  }
  return measures;
};

const rough = { store: 'memory', duplicateRatio: 0.01, forgetRatio: 0.1 } as const;
/** R4: late and early duplicates in any order, nobody dies, nothing is paid twice. */
const calm = { ...rough, duplicateRatio: 0.05, killCount: 0 };
const quickRuns = [
  { ...rough, photoCount: 400, killCount: 20 },
  { ...calm, photoCount: 200 },
];
/** Together within 50 s: it is the kills that take the time, so few photos for each. */
const usualRuns = [
  { ...rough, photoCount: 750, killCount: 300 },
  { ...calm, photoCount: 200 },
];
/** Together within three minutes: a process with the storage SDK takes a second to start. */
const fullRuns = [
  { ...rough, photoCount: 10_000, killCount: 500 },
  { ...calm, photoCount: 1_000 },
  { ...rough, store: 'azurite', photoCount: 300, killCount: 20 } as const,
];

function caseOf({ store, photoCount, killCount, duplicateRatio }: CrashOptions): string {
  return `store=${store},photos=${photoCount},kills=${killCount},duplicates=${duplicateRatio}`;
}

function measuresOf(options: CrashOptions, report: CrashReport): readonly Measure[] {
  const shared = { case: caseOf(options), unit: 'count' } as const;
  const none = { op: '<=', value: 0 } as const;
  return [
    { ...shared, name: 'photos', value: report.photoCount },
    {
      ...shared,
      name: 'effectiveKills',
      value: report.effectiveKillCount,
      target: { op: '>=', value: options.killCount },
    },
    { ...shared, name: 'lost', value: report.lostCount, target: none },
    { ...shared, name: 'doubled', value: report.doubledCount, target: none },
    { ...shared, name: 'unpublished', value: report.unpublishedCount, target: none },
    { ...shared, name: 'claimsLeft', value: report.claimsLeftCount, target: none },
    {
      ...shared,
      name: 'paidTwice',
      value: report.paidTwiceCount,
      target: { op: '<=', value: report.inFlightAtKillsCount },
    },
    {
      ...shared,
      name: 'paidTwiceBeyondInFlight',
      value: report.paidTwiceBeyondInFlightCount,
      target: none,
    },
    { ...shared, name: 'publishedTwice', value: report.publishedTwiceCount },
    { ...shared, name: 'claimP50Ms', unit: 'ms', value: report.claimP50Ms },
    ...announcing(options, report),
    ...recovery(options, report),
  ];
}

/** R5: events beyond the first, for each process that died with work in hand. */
function announcing(options: CrashOptions, report: CrashReport): readonly Measure[] {
  if (options.killCount === 0) return [];
  const value = report.publishedTwiceCount / report.effectiveKillCount;
  const target = { op: '<=', value: 0.3 } as const;
  const name = 'publishedTwicePerKill';
  return [{ name, case: caseOf(options), value, unit: 'ratio', target }];
}

/** R7: from a kill to the announcement of what it interrupted. */
function recovery(options: CrashOptions, { recoveryP95Ms }: CrashReport): readonly Measure[] {
  if (options.killCount === 0) return [];
  const target = { op: '<=', value: 60_000 } as const;
  return [
    { name: 'recoveryP95Ms', case: caseOf(options), value: recoveryP95Ms, unit: 'ms', target },
  ];
}

/**
 * The production governor in virtual time, beside the usual strategies, under every way the service
 * may count and every trouble the design is made for.
 */
import type { Bench } from './measure.ts';
import { meanOf } from './quota/meanOf.ts';
import { measuresOf } from './quota/runMeasures.ts';
import { fullSet, quickSet } from './quota/scenarioSet.ts';

/** The whole grid gives the mean of as many seeds. */
const fullSeedCount = 5;

export const quota: Bench = async ({ seed, isQuick, isFull, say }) => {
  const runs = isFull ? fullSet() : quickSet();
  const startedAtMs = performance.now();
  const chosen = isQuick ? runs.slice(0, 4) : runs;
  const seeds = Array.from({ length: isFull ? fullSeedCount : 1 }, (_, index) => seed + index);
  const measures = meanOf(seeds.map((each) => chosen.flatMap((run) => measuresOf(run, each))));
  const elapsedSeconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  say(`${chosen.length * seeds.length} runs in ${elapsedSeconds} s`);
  return measures;
};

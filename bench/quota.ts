/**
 * The production governor in virtual time, beside the usual strategies, under every way the service
 * may count and every trouble the design is made for.
 */
import type { Bench } from './measure.ts';
import { measuresOf } from './quota/runMeasures.ts';
import { fullSet, quickSet } from './quota/scenarioSet.ts';

export const quota: Bench = async ({ seed, isQuick, isFull, say }) => {
  const runs = isFull ? fullSet() : quickSet();
  const startedAtMs = performance.now();
  const measures = (isQuick ? runs.slice(0, 4) : runs).flatMap((run) => measuresOf(run, seed));
  const elapsedSeconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  say(`${runs.length} runs in ${elapsedSeconds} s`);
  return measures;
};

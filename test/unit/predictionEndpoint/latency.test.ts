import { expect, it } from 'vitest';
import { latencyMs } from '../../../local/predictionEndpoint/rules/latency.ts';

const spread = { medianMs: 200, p95Ms: 800 };

/** A small generator of uniform numbers, the same on every run. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

it('is the fixed time where one is given', () => {
  expect(latencyMs({ fixedMs: 35 }, () => 0.9)).toBe(35);
});

it('spreads so that median and 95th percentile are as given', () => {
  const random = uniform(7);
  const drawnMs = Array.from({ length: 20_000 }, () => latencyMs(spread, random));
  const sortedMs = drawnMs.toSorted((one, other) => one - other);

  expect((sortedMs[10_000] ?? 0) / 200).toBeCloseTo(1, 1);
  expect((sortedMs[19_000] ?? 0) / 800).toBeCloseTo(1, 1);
});

it('never exceeds twenty medians', () => {
  const draws = [1 - 2 ** -52, 0];

  expect(latencyMs({ medianMs: 10, p95Ms: 500 }, () => draws.shift() ?? 0)).toBe(200);
});

import { expect, it } from 'vitest';
import { estimate, mixedQuantile } from '../../../bench/telemetry/estimate.ts';
import { randomStream } from '../../../local/samples/render/random.ts';

const meanOf = (values: readonly number[]) =>
  values.reduce((sum, each) => sum + each, 0) / values.length;

/** Evenly between 0 and 1: their mean has the standard error sqrt(1/12 / count). */
function evenly(count: number, seed: number): number[] {
  const { next } = randomStream(seed);
  return Array.from({ length: count }, next);
}

it('gives the figure of what was seen, in an interval of 1.96 standard errors to both sides', () => {
  const values = evenly(400, 7);

  const { value, interval } = estimate(values, meanOf);

  const halfWidth = 1.96 * Math.sqrt(1 / 12 / 400);
  expect(value).toBe(meanOf(values));
  expect(Math.abs((value - interval.low) / halfWidth - 1)).toBeLessThan(0.2);
  expect(Math.abs((interval.high - value) / halfWidth - 1)).toBeLessThan(0.2);
});

it('holds the true mean in about 95 of 100 intervals', () => {
  const held = Array.from({ length: 200 }, (_, seed) => {
    const { low, high } = estimate(evenly(60, seed), meanOf, seed).interval;
    return low <= 0.5 && 0.5 <= high;
  });

  const heldRatio = held.filter(Boolean).length / held.length;

  expect(heldRatio).toBeGreaterThan(0.89);
  expect(heldRatio).toBeLessThan(0.99);
});

it('has no width where all pairs are the same', () => {
  expect(estimate([3, 3, 3], meanOf)).toEqual({ value: 3, interval: { low: 3, high: 3 } });
});

it('weighs values that were seen apart by their share of the whole, not by their number', () => {
  const often = { values: Array.from({ length: 10 }, (_, index) => index), share: 0.9 };
  const rare = { values: Array.from({ length: 1_000 }, (_, index) => 100 + index), share: 0.1 };

  expect(mixedQuantile([often, rare], 0.5)).toBe(5);
  expect(mixedQuantile([often, rare], 0.95)).toBe(600);
});

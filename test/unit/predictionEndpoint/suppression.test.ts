import { expect, it } from 'vitest';
import type { Finding } from '../../../local/predictionEndpoint/model/findings.ts';
import { suppressed } from '../../../local/predictionEndpoint/model/suppression.ts';

/** A square of side 1 at this place; the probability is its name in the results. */
function square(left: number, probability: number, labelIndex = 0): Finding {
  return { labelIndex, probability, box: { left, top: 0, width: 1, height: 1 } };
}

function keptOf(findings: readonly Finding[], overlapRatio = 0.5, maxCount = 9): number[] {
  return suppressed(findings, { overlapRatio, maxCount }).map(({ probability }) => probability);
}

it('keeps the surest of boxes that overlap, and tells it first', () => {
  expect(keptOf([square(0, 0.6), square(0.1, 0.9), square(5, 0.7)])).toEqual([0.9, 0.7]);
});

it('keeps boxes that overlap by no more than allowed', () => {
  // Half of each is shared: one half of three halves.
  const pair = [square(0, 0.9), square(0.5, 0.8)];

  expect(keptOf(pair, 0.34)).toEqual([0.9, 0.8]);
  expect(keptOf(pair, 0.33)).toEqual([0.9]);
});

it('does not compare boxes of different tags', () => {
  expect(keptOf([square(0, 0.9), square(0, 0.8, 1)])).toEqual([0.9, 0.8]);
});

it('compares with what it kept, not with what it dropped', () => {
  expect(keptOf([square(0, 0.9), square(0.3, 0.8), square(0.6, 0.7)])).toEqual([0.9, 0.7]);
});

it('ends at so many boxes', () => {
  expect(keptOf([square(0, 0.9), square(5, 0.8), square(9, 0.7)], 0.5, 2)).toEqual([0.9, 0.8]);
});

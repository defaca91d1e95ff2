import { expect, it } from 'vitest';
import { decide } from '../../../shared/prediction/decision.ts';

it('lets the most confident tag win, whatever the order', () => {
  const tags = [
    { tag: 'a', confidence: 0.2 },
    { tag: 'b', confidence: 0.7 },
  ];

  expect(decide(tags, 0.7)).toEqual({
    tag: 'b',
    confidence: 0.7,
    thresholdConfidence: 0.7,
    isUncertain: false,
  });
});

it('calls a winning negative tag "none", as sure as it is', () => {
  const negative = { tag: 'Negative', tagType: 'Negative', confidence: 0.95 } as const;

  expect(decide([negative], 0.7)).toMatchObject({ tag: 'none', isUncertain: false });
});

it('is uncertain when nothing was found', () => {
  expect(decide([], 0.7)).toMatchObject({ tag: 'none', confidence: 0, isUncertain: true });
});

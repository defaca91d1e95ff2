import { expect, it } from 'vitest';
import { meanOf } from '../../../bench/quota/meanOf.ts';

const measure = (value: number) =>
  ({ name: 'overrunRatio', case: 'a', value, unit: 'ratio' }) as const;

it('holds the mean of all seeds against the target, without the noise of adding', () => {
  const target = { op: '<=', value: 0.03 } as const;
  const bySeed = [0.1 + 0.2 - 0.3 + 0.03, 0.03, 0.03].map((value) => [
    { ...measure(value), target },
  ]);
  expect(meanOf(bySeed)).toEqual([{ ...measure(0.03), target }]);
});

it('leaves one seed as it is', () => {
  expect(meanOf([[measure(0.25), measure(4)]])).toEqual([measure(0.25), measure(4)]);
});

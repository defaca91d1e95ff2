import { expect, it } from 'vitest';
import { faultQueue } from '../../../local/predictionEndpoint/rules/faultQueue.ts';

it('gives nothing while it is empty', () => {
  expect(faultQueue().take()).toBeUndefined();
});

it('counts the first fault down before the second has its turn', () => {
  const { queue, take } = faultQueue();
  queue.add('reset', { count: 2 });
  queue.add('hang', { count: 1 });

  const names = [take(), take(), take(), take()].map((fault) => fault?.name);

  expect(names).toEqual(['reset', 'reset', 'hang', undefined]);
});

it('keeps a fault without a count until it is cleared', () => {
  const { queue, take } = faultQueue();
  queue.add('reset');

  const before = [take(), take(), take()].map((fault) => fault?.name);
  queue.clear();

  expect(before).toEqual(['reset', 'reset', 'reset']);
  expect(take()).toBeUndefined();
});

it('does not take a count of none', () => {
  const { queue } = faultQueue();

  expect(() => queue.add('hang', { count: 0 })).toThrow('count');
});

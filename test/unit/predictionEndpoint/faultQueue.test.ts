import { describe, expect, it } from 'vitest';
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

describe('a share', () => {
  const strikes = (share: number, seed: number) => {
    const { queue, take } = faultQueue(() => 0);
    queue.add('reset', { share, seed });
    return Array.from({ length: 2_000 }, () => take() !== undefined);
  };

  it('of the calls meets the fault, the same ones for the same seed', () => {
    const struck = strikes(0.3, 5);

    expect(struck.filter(Boolean).length / 2_000).toBeCloseTo(0.3, 1);
    expect(strikes(0.3, 5)).toEqual(struck);
    expect(strikes(0.3, 6)).not.toEqual(struck);
  });

  it('lets the next fault have what it spares', () => {
    const { queue, take } = faultQueue(() => 0);
    queue.add('reset', { share: 0 });
    queue.add('hang', { count: 1 });

    expect([take()?.name, take()?.name]).toEqual(['hang', undefined]);
  });
});

it('ends a fault when its time is over', () => {
  let atMs = 1_000;
  const { queue, take } = faultQueue(() => atMs);
  queue.add('storm', { durationMs: 500 });

  atMs = 1_499;
  const during = take()?.name;
  atMs = 1_500;

  expect([during, take()]).toEqual(['storm', undefined]);
  expect(queue.list()).toEqual([]);
});

it('keeps the faults of connections from calls, and those of calls from connections', () => {
  const { queue, take, takeForConnection } = faultQueue(() => 0);
  queue.add('slowAccept', { count: 1 });
  queue.add('reset', { count: 1 });

  expect([take()?.name, take()]).toEqual(['reset', undefined]);
  expect([takeForConnection()?.name, takeForConnection()]).toEqual(['slowAccept', undefined]);
});

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { endWithin } from '../../../shared/adapters/appInsights/ending.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('ends in time where even the disk hangs: sends are given up before, and what is left is told', async () => {
  const abort = vi.fn();
  const droppedCount = vi.fn(() => 5).mockReturnValueOnce(3);
  const deliveries = { inHandCount: () => 7, settled: () => new Promise<void>(() => {}) };
  let lostCount: number | undefined;

  const ended = (async () => {
    lostCount = await endWithin(1_000, { deliveries, droppedCount, abort });
  })();
  await vi.advanceTimersByTimeAsync(699);
  expect(abort).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(abort).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(299);
  expect(lostCount).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  await ended;

  expect(lostCount).toBe(5 - 3 + 7);
  expect(vi.getTimerCount()).toBe(0);
});

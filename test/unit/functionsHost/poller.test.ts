import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Look, poller } from '../../../local/functionsHost/triggers/poller.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The times at which a poller looked, counted from its start, in ms. */
function looking(answers: (Look | Error)[], maxPauseMs = 1_000) {
  const startedAtMs = Date.now();
  const lookedAtMs: number[] = [];
  const errors: unknown[] = [];
  const polling = poller({
    async look() {
      lookedAtMs.push(Date.now() - startedAtMs);
      const answer = answers.shift() ?? 'quiet';
      if (answer instanceof Error) throw answer;
      return answer;
    },
    foundPauseMs: 0,
    minPauseMs: 100,
    maxPauseMs,
    onError: (error) => errors.push(error),
  });
  return { polling, lookedAtMs, errors };
}

describe('a poller', () => {
  it('waits twice as long after each look that found nothing, up to its longest pause', async () => {
    const { lookedAtMs } = looking([]);

    await vi.advanceTimersByTimeAsync(4_000);

    expect(lookedAtMs).toStrictEqual([0, 200, 600, 1_400, 2_400, 3_400]);
  });

  it('looks at once after it found something, and soon again from then on', async () => {
    const { lookedAtMs } = looking(['quiet', 'quiet', 'found']);

    await vi.advanceTimersByTimeAsync(850);

    expect(lookedAtMs).toStrictEqual([0, 200, 600, 600, 800]);
  });

  it('looks at once when it is woken', async () => {
    const { polling, lookedAtMs } = looking([]);
    await vi.advanceTimersByTimeAsync(250);

    polling.wake();
    await vi.advanceTimersByTimeAsync(0);

    expect(lookedAtMs).toStrictEqual([0, 200, 250]);
  });

  it('reports a look that failed and tries again after a second', async () => {
    const { lookedAtMs, errors } = looking([new Error('away')]);

    await vi.advanceTimersByTimeAsync(1_050);

    expect(errors).toHaveLength(1);
    expect(lookedAtMs).toStrictEqual([0, 1_000]);
  });

  it('rests after a look as long as it is told, even when it is woken', async () => {
    const startedAtMs = performance.now();
    const lookedAtMs: number[] = [];
    const polling = poller({
      async look() {
        lookedAtMs.push(performance.now() - startedAtMs);
        await new Promise((resolve) => setTimeout(resolve, 100));
        return 'found';
      },
      foundPauseMs: 0,
      minPauseMs: 0,
      maxPauseMs: 0,
      restPerLook: 4,
      onError: () => {},
    });
    await vi.advanceTimersByTimeAsync(150);

    polling.wake();
    await vi.advanceTimersByTimeAsync(500);

    expect(lookedAtMs).toStrictEqual([0, 500]);
  });

  it('stops without having rested', async () => {
    const polling = poller({
      async look() {
        await new Promise((resolve) => setTimeout(resolve, 100));
        return 'found';
      },
      foundPauseMs: 0,
      minPauseMs: 0,
      maxPauseMs: 0,
      restPerLook: 1_000_000,
      onError: () => {},
    });
    await vi.advanceTimersByTimeAsync(150);

    await expect(polling.stop()).resolves.toBeUndefined();
  });
});

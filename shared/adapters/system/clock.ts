/** The machine's clock: wall time at start, carried on by the monotonic clock. */
import { setTimeout } from 'node:timers/promises';

export const systemClock = {
  nowMs: (): number => performance.timeOrigin + performance.now(),
  async pause(durationMs: number, signal: AbortSignal): Promise<void> {
    try {
      await setTimeout(durationMs, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  },
};

/** The machine's clock: wall time at start, carried on by the monotonic clock. */
import type { Clock } from '../../pipeline/deps.ts';

export const systemClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
};

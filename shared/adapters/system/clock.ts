/** The machine's clock: wall time at start, carried on by the monotonic clock. */
export const systemClock = {
  nowMs: (): number => performance.timeOrigin + performance.now(),
};

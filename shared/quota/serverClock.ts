/**
 * How far this machine's clock is from the store's. Each answer carries the store's time to the
 * second and so bounds the offset; the bounds of many answers together are narrow. The correction is
 * the smallest one that agrees with all of them: a good clock is left alone.
 */
export interface ServerClock {
  /** To be added to the machine's clock. */
  offsetMs(): number;
  observe(serverAtMs: number, sentAtMs: number, receivedAtMs: number): void;
}

/** `Date` headers have whole seconds, cut off. */
const resolutionMs = 1_000;
/** Far more than a clock drifts: old bounds give way slowly. */
const driftRatio = 0.0002;

export function serverClock(): ServerClock {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  let seenAtMs = 0;
  return {
    offsetMs: () => Math.min(high, Math.max(low, 0)),
    observe(serverAtMs, sentAtMs, receivedAtMs) {
      const driftMs = Math.abs(receivedAtMs - seenAtMs) * driftRatio;
      const lowest = serverAtMs - receivedAtMs;
      const highest = serverAtMs + resolutionMs - sentAtMs;
      low = Math.max(low - driftMs, lowest);
      high = Math.min(high + driftMs, highest);
      // Somebody has set the clock: only the latest answer counts.
      if (low > high) [low, high] = [lowest, highest];
      seenAtMs = receivedAtMs;
    },
  };
}

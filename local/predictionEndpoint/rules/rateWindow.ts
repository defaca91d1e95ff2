/**
 * Three ways of counting calls per second. Which one the real gateway uses is unknown, so a client
 * has to hold under each: aligned windows let twice the rate pass around their edge, a bucket starts
 * full, a sliding window never lets more than the rate pass in any second.
 */
export type WindowKind = 'sliding' | 'aligned' | 'bucket';

export interface RateLimit {
  readonly window: WindowKind;
  readonly callsPerSecond: number;
  /** For `bucket`: the calls it holds when full. Left out: those of one second. */
  readonly burst?: number | undefined;
  /** A refused call uses up a slot as well, as if it had been answered. */
  readonly countsRefused: boolean;
}

export interface RateWindow {
  /** @returns how long to wait for the next free slot, or 0 where this call has got one. */
  take(atMs: number): number;
}

const windowMs = 1_000;

export function rateWindow(limit: RateLimit): RateWindow {
  const makers = { sliding: slidingWindow, aligned: alignedWindow, bucket: tokenBucket };
  return makers[limit.window](limit);
}

function slidingWindow({ callsPerSecond, countsRefused }: RateLimit): RateWindow {
  let takenAtMs: number[] = [];
  return {
    take(atMs) {
      takenAtMs = takenAtMs.filter((earlierMs) => earlierMs > atMs - windowMs);
      const isFree = takenAtMs.length < callsPerSecond;
      if (isFree || countsRefused) takenAtMs.push(atMs);
      if (isFree) return 0;
      const blockingMs = takenAtMs.at(-Math.ceil(callsPerSecond)) ?? atMs;
      return blockingMs + windowMs - atMs;
    },
  };
}

function alignedWindow({ callsPerSecond, countsRefused }: RateLimit): RateWindow {
  let startMs = Number.NEGATIVE_INFINITY;
  let takenCount = 0;
  return {
    take(atMs) {
      const currentMs = Math.floor(atMs / windowMs) * windowMs;
      if (currentMs !== startMs) takenCount = 0;
      startMs = currentMs;
      const isFree = takenCount < callsPerSecond;
      if (isFree || countsRefused) takenCount += 1;
      return isFree ? 0 : startMs + windowMs - atMs;
    },
  };
}

/** A token is a thousand parts, so that a whole rate fills it by whole parts every millisecond. */
const tokenParts = 1_000;

function tokenBucket({ callsPerSecond, burst, countsRefused }: RateLimit): RateWindow {
  const fullParts = (burst ?? callsPerSecond) * tokenParts;
  const deepestDebtParts = callsPerSecond * tokenParts;
  let parts = fullParts;
  let filledAtMs: number | undefined;
  return {
    take(atMs) {
      const gainedParts = (atMs - (filledAtMs ?? atMs)) * callsPerSecond;
      parts = Math.min(fullParts, parts + gainedParts);
      filledAtMs = atMs;
      const isFree = parts >= tokenParts;
      if (isFree || countsRefused) parts = Math.max(-deepestDebtParts, parts - tokenParts);
      return isFree ? 0 : Math.ceil((tokenParts - parts) / callsPerSecond);
    },
  };
}

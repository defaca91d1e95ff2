/** So many HTTP requests run at once, so many more wait; whoever comes on top is turned away. */
import pLimit from 'p-limit';

export interface ThrottleLimits {
  /** Running and waiting; -1 is without limit. */
  readonly maxOutstandingRequests: number;
  /** Running; -1 is without limit. */
  readonly maxConcurrentRequests: number;
}

/** @returns `undefined` where the request has to be turned away. */
export type Throttle = (work: () => Promise<void>) => Promise<void> | undefined;

export function throttle({
  maxOutstandingRequests,
  maxConcurrentRequests,
}: ThrottleLimits): Throttle {
  const limit = pLimit(unlimited(maxConcurrentRequests));
  return (work) => {
    const outstandingCount = limit.activeCount + limit.pendingCount;
    if (outstandingCount >= unlimited(maxOutstandingRequests)) return undefined;
    return limit(work);
  };
}

function unlimited(count: number): number {
  return count < 0 ? Number.POSITIVE_INFINITY : count;
}

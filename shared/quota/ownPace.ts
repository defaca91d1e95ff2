/**
 * The pace of one process while the store is away: a little less than it was sending itself, as
 * every other process does too, so that the fleet together stays near the quota.
 */
export interface OwnPace {
  sent(atMs: number): void;
  /** The store has gone: start from what was sent in the last half minute. */
  begin(nowMs: number, maxPerSecond: number): void;
  answered(isRefused: boolean): void;
  perSecond(): number;
}

const memoryMs = 30_000;
const safeRatio = 0.9;
/** A process that has sent nothing asks once in fifty seconds. */
const lowestPerSecond = 0.02;
const refusedRatio = 0.7;
const stepUpPerSecond = 0.05;
/** An outage soon after another goes on with what the first one had learnt. */
const sameOutageMs = 120_000;

export function ownPace(): OwnPace {
  let sentAtMs: number[] = [];
  let current = lowestPerSecond;
  let highest = Number.POSITIVE_INFINITY;
  let begunAtMs = Number.NEGATIVE_INFINITY;
  return {
    sent(atMs) {
      sentAtMs.push(atMs);
      if (sentAtMs.length > 1_024) sentAtMs = recent(sentAtMs, atMs);
    },
    begin(nowMs, maxPerSecond) {
      sentAtMs = recent(sentAtMs, nowMs);
      const measured = (safeRatio * sentAtMs.length * 1_000) / memoryMs;
      if (nowMs - begunAtMs > sameOutageMs) current = Math.max(lowestPerSecond, measured);
      begunAtMs = nowMs;
      highest = maxPerSecond;
    },
    answered(isRefused) {
      current = isRefused
        ? Math.max(lowestPerSecond, current * refusedRatio)
        : Math.min(highest, current + stepUpPerSecond);
    },
    perSecond: () => current,
  };
}

function recent(sentAtMs: readonly number[], nowMs: number): number[] {
  return sentAtMs.filter((atMs) => atMs > nowMs - memoryMs);
}

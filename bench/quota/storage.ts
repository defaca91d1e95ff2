/** The store that the fleet shares: latency, a limit of operations per second, outages, a clock. */
import type { Draws } from './draws.ts';
import type { Span } from './scenario.ts';
import type { VirtualTime } from './virtualTime.ts';

export interface SimulatedStorage {
  /** Runs `work` at the server half-way; `done` gets `undefined` where it was away or too busy. */
  operate<Result>(
    work: (serverAtMs: number) => Result,
    done: (result: Result | undefined) => void,
  ): void;
  operationCount(): number;
}

/** Source: scalability targets of Blob storage, one blob, 2026-11-23. */
const maxPerSecond = 500;
/** How long the app waits for a store that says nothing. */
const awayMs = 1_000;
const busyMs = 10;

export function simulatedStorage(
  time: VirtualTime,
  draws: Draws,
  outage: Span | undefined,
): SimulatedStorage {
  let operationCount = 0;
  let tokens = maxPerSecond;
  let filledAtMs = time.nowMs();
  const isAway = () =>
    outage !== undefined && time.nowMs() >= outage.fromMs && time.nowMs() < outage.untilMs;
  const isTooBusy = () => {
    tokens = Math.min(maxPerSecond, tokens + ((time.nowMs() - filledAtMs) * maxPerSecond) / 1_000);
    filledAtMs = time.nowMs();
    if (tokens < 1) return true;
    tokens -= 1;
    return false;
  };
  return {
    operationCount: () => operationCount,
    operate(work, done) {
      operationCount += 1;
      if (isAway()) {
        time.after(awayMs, () => done(undefined));
        return;
      }
      const halfMs = draws.storageMs() / 2;
      time.after(halfMs, () => {
        if (isTooBusy()) {
          time.after(busyMs, () => done(undefined));
          return;
        }
        const result = work(Math.floor(time.nowMs() / 1_000) * 1_000);
        time.after(halfMs, () => done(result));
      });
    },
  };
}

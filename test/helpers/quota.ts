/** Quota states, limits and a clock whose timers run when told to. */
import { defaultWeights, noLane, type PerLane } from '../../shared/quota/lanes.ts';
import { type QuotaLimits, quotaLimits } from '../../shared/quota/limits.ts';
import { firstState, type QuotaState } from '../../shared/quota/quotaState.ts';

export const noonMs = Date.parse('2026-11-24T12:00:00.000Z');

/** Slots 100 ms apart: easy to read. */
export const even: QuotaLimits = {
  ...quotaLimits(10, undefined, defaultWeights),
  maxPerSecond: 10,
};

export function stateWith(change: Partial<QuotaState> = {}): QuotaState {
  return { ...firstState(noonMs, even), ...change };
}

export function wanting(change: Partial<PerLane>): PerLane {
  return { ...noLane, ...change };
}

/** A clock that moves only when told, timers included. */
export function manualClock(startMs = noonMs) {
  let nowMs = startMs;
  let timers: { atMs: number; run: () => void }[] = [];
  const settled = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return {
    nowMs: () => nowMs,
    after(delayMs: number, run: () => void) {
      const timer = { atMs: nowMs + Math.max(0, delayMs), run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async pass(durationMs: number) {
      const untilMs = nowMs + durationMs;
      await settled();
      for (;;) {
        const [next] = timers.toSorted((left, right) => left.atMs - right.atMs);
        if (!next || next.atMs > untilMs) break;
        timers = timers.filter((other) => other !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
        await settled();
      }
      nowMs = untilMs;
      await settled();
    },
  };
}

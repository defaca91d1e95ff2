/** A clock that jumps from one thing due to the next: hours pass in moments, the same for each seed. */
import { setImmediate } from 'node:timers/promises';
import type { Time } from '../crash/time.ts';

interface Due {
  readonly atMs: number;
  /** Things due at the same instant happen in the order in which they were asked for. */
  readonly order: number;
  readonly call: () => void;
}

export interface VirtualTime extends Time {
  /** @throws Error where nothing is left to happen and it is still not done. */
  runUntil(isDone: () => boolean): Promise<void>;
}

export function virtualTime(startMs: number): VirtualTime {
  const due: Due[] = [];
  let nowMs = startMs;
  let order = 0;
  return {
    nowMs: () => nowMs,
    after(delayMs, call) {
      order += 1;
      insert(due, { atMs: nowMs + Math.max(0, delayMs), order, call });
    },
    async runUntil(isDone) {
      for (;;) {
        // Everything that follows from the last event without waiting has happened after this.
        await setImmediate();
        if (isDone()) return;
        const next = due.shift();
        if (!next) throw new Error('the simulation is stuck: nothing is left to happen');
        nowMs = next.atMs;
        next.call();
      }
    },
  };
}

function insert(due: Due[], added: Due): void {
  const place = due.findLastIndex(({ atMs }) => atMs <= added.atMs);
  due.splice(place + 1, 0, added);
}

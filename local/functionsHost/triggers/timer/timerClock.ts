/** When a timer runs: past due or on start at once, then by its schedule, one run after the other. */
import type { Schedule } from './schedule.ts';
import { resumed, type ScheduleStatus, type StatusStore } from './scheduleStatus.ts';

export interface TimerClock {
  /** Goes on where the stored status says. */
  readonly start: () => Promise<void>;
  /** Nothing new; a run under way ends. */
  readonly pause: () => void;
  ended(): Promise<unknown>;
}

export interface TimerClockOptions {
  readonly schedule: Schedule;
  readonly runsOnStartup: boolean;
  /** `undefined` where nothing is to be kept. */
  readonly store: StatusStore | undefined;
  /** Never rejects; its status is `undefined` without a store. */
  readonly run: (status: ScheduleStatus | undefined, isPastDue: boolean) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

interface Occasion {
  readonly atMs: number;
  readonly kind: 'scheduled' | 'pastDue' | 'startup';
}

/** Node's timers hold 31 bits; longer waits are taken in steps. */
const maxWaitMs = 2 ** 31 - 1;

export function timerClock(options: TimerClockOptions): TimerClock {
  const { schedule, store, runsOnStartup, run, onError } = options;
  let isPaused = true;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let status: ScheduleStatus;

  function waitFor(occasion: Occasion): void {
    if (isPaused) return;
    const waitMs = Math.max(0, occasion.atMs - Date.now());
    timer = setTimeout(
      () => (waitMs > maxWaitMs ? waitFor(occasion) : fire(occasion)),
      Math.min(waitMs, maxWaitMs),
    );
  }

  function fire(occasion: Occasion): void {
    running = occur(occasion)
      .catch(onError)
      .then(() => waitFor({ atMs: status.nextAtMs, kind: 'scheduled' }));
  }

  async function occur({ kind }: Occasion): Promise<void> {
    const startedAtMs = Date.now();
    await run(store && status, kind === 'pastDue');
    // Timers may go off a moment early: the occurrence itself must not come round again.
    const isEarly = kind === 'scheduled' && status.nextAtMs > startedAtMs;
    const lastAtMs = isEarly ? status.nextAtMs : startedAtMs;
    status = { lastAtMs, lastUpdatedAtMs: lastAtMs, nextAtMs: schedule.nextMs(lastAtMs) };
    await store?.write(status);
  }

  return {
    async start() {
      const nowMs = Date.now();
      const stored = await store?.read();
      const { status: next, isPastDue } = resumed(schedule, stored, nowMs);
      status = next;
      isPaused = false;
      if (next !== stored) await store?.write(next);
      if (isPastDue) waitFor({ atMs: nowMs, kind: 'pastDue' });
      else if (runsOnStartup) waitFor({ atMs: nowMs, kind: 'startup' });
      else waitFor({ atMs: next.nextAtMs, kind: 'scheduled' });
    },
    pause() {
      isPaused = true;
      clearTimeout(timer);
    },
    ended: () => running,
  };
}

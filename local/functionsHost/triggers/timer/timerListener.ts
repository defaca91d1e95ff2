/** Timer trigger: the next run is set when the last one ended, so runs never overlap. */
import { randomUUID } from 'node:crypto';
import type { TimerTrigger } from '../../app/functionMetadata.ts';
import { jsonData, offsetTime } from '../../app/typedData.ts';
import { runWithRetries } from '../../retry.ts';
import { resolveNames } from '../../settings.ts';
import { endedWithin } from '../endedWithin.ts';
import type { Listener, ListenerContext, Served } from '../listener.ts';
import { parseSchedule } from './schedule.ts';

/** Node's timers hold 31 bits; longer waits are taken in steps. */
const maxWaitMs = 2 ** 31 - 1;

export interface TimerListener extends Listener {
  /** Once, now, beside the schedule. */
  readonly run: () => Promise<unknown>;
}

export function startTimerListener(
  context: ListenerContext,
  { called, trigger }: Served<TimerTrigger>,
): Promise<TimerListener> {
  const schedule = parseSchedule(resolveNames(trigger.schedule, context.settings));
  const stopping = new AbortController();
  let lastAtMs: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();

  function waitUntil(dueAtMs: number): void {
    if (stopping.signal.aborted) return;
    const waitMs = Math.max(0, dueAtMs - Date.now());
    timer = setTimeout(
      () => (waitMs > maxWaitMs ? waitUntil(dueAtMs) : fire(dueAtMs)),
      Math.min(waitMs, maxWaitMs),
    );
  }

  /** Timers may go off a moment early: the occurrence itself must not come round again. */
  function fire(dueAtMs: number): void {
    running = run().then(() => waitUntil(schedule.nextMs(Math.max(Date.now(), dueAtMs))));
  }

  function run(): Promise<unknown> {
    const nowMs = Date.now();
    const info = timerInfo(lastAtMs, schedule.nextMs(nowMs));
    lastAtMs = nowMs;
    const invocationId = randomUUID();
    return runWithRetries({
      policy: called.retryPolicy,
      signal: stopping.signal,
      attempt: (retryContext) =>
        context.invocations.run(called, { data: jsonData(info), invocationId, retryContext }),
    });
  }

  if (trigger.runOnStartup) fire(Date.now());
  else waitUntil(schedule.nextMs(Date.now()));
  return Promise.resolve({
    run,
    settle: () => Promise.resolve(),
    async stop(graceMs) {
      stopping.abort();
      clearTimeout(timer);
      await endedWithin(running, graceMs);
    },
  });
}

function timerInfo(lastAtMs: number | undefined, nextMs: number) {
  const last = lastAtMs === undefined ? undefined : offsetTime(new Date(lastAtMs));
  const next = offsetTime(new Date(nextMs));
  const status = last === undefined ? null : { Last: last, LastUpdated: last, Next: next };
  return { Schedule: { AdjustForDST: true }, ScheduleStatus: status, IsPastDue: false };
}

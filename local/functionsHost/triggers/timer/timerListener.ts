/** Timer trigger: of several hosts one runs it; runs never overlap, and what was missed comes once. */
import { randomUUID } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import type { TimerTrigger } from '../../app/functionMetadata.ts';
import { jsonData } from '../../app/typedData.ts';
import { runWithRetries } from '../../retry.ts';
import { connectionOf, resolveNames } from '../../settings.ts';
import { endedWithin } from '../endedWithin.ts';
import type { Listener, ListenerContext, Served } from '../listener.ts';
import { storageReason } from '../storageError.ts';
import { storageRetries } from '../storageRetries.ts';
import { parseSchedule, type Schedule } from './schedule.ts';
import { type ScheduleStatus, statusJson, statusStore } from './scheduleStatus.ts';
import { singletonLock } from './singletonLock.ts';
import { timerClock } from './timerClock.ts';

export interface TimerListener extends Listener {
  /** Once, now, beside the schedule. */
  readonly run: () => Promise<unknown>;
}

export async function startTimerListener(
  context: ListenerContext,
  served: Served<TimerTrigger>,
): Promise<TimerListener> {
  const { settings, hostJson, hostId, log } = context;
  const { name } = served.called;
  const schedule = parseSchedule(resolveNames(served.trigger.schedule, settings));
  const account = connectionOf(settings, 'AzureWebJobsStorage');
  const hosts = BlobServiceClient.fromConnectionString(account, storageRetries).getContainerClient(
    'azure-webjobs-hosts',
  );
  await hosts.createIfNotExists();
  const onError = (error: unknown) => log('error', `timer ${name}: ${storageReason(error)}`);
  const stopping = new AbortController();
  const run = runner(context, served, stopping.signal);
  const clock = timerClock({
    schedule,
    runsOnStartup: served.trigger.runOnStartup,
    store: isMonitored(served.trigger, schedule) ? statusStore(hosts, hostId, name) : undefined,
    run,
    onError,
  });
  const lock = singletonLock({
    blob: hosts.getBlockBlobClient(`locks/${hostId}/Host.Functions.${name}.Listener`),
    periodMs: hostJson.singleton.listenerLockPeriod,
    pollMs: hostJson.singleton.listenerLockRecoveryPollingInterval,
    onHeld: clock.start,
    onLost: clock.pause,
    onError,
  });
  await lock.start();
  return {
    run: () => run(undefined, false),
    settle: () => Promise.resolve(),
    async stop(graceMs) {
      clock.pause();
      stopping.abort();
      await endedWithin(clock.ended(), graceMs);
      await lock.stop();
    },
  };
}

const minuteMs = 60_000;

/** Timers that come more often than once a minute leave no trace in storage. */
function isMonitored({ useMonitor }: TimerTrigger, schedule: Schedule): boolean {
  const nowMs = Date.now();
  return useMonitor && schedule.nextMs(schedule.nextMs(nowMs)) > nowMs + minuteMs;
}

function runner(
  { invocations }: ListenerContext,
  { called }: Served<TimerTrigger>,
  signal: AbortSignal,
) {
  return async (status: ScheduleStatus | undefined, isPastDue: boolean): Promise<void> => {
    const data = jsonData({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: status ? statusJson(status) : null,
      IsPastDue: isPastDue,
    });
    const invocationId = randomUUID();
    await runWithRetries({
      policy: called.retryPolicy,
      signal,
      attempt: (retryContext) => invocations.run(called, { data, invocationId, retryContext }),
    });
  };
}

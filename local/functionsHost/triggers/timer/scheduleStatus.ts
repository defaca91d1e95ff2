/**
 * When a timer ran last and is due next, kept in the host's storage: what was missed while no host
 * ran is made up for, once.
 */
import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { offsetTime } from '../../app/typedData.ts';
import { readJsonBlob } from '../jsonBlob.ts';
import type { Schedule } from './schedule.ts';

export interface ScheduleStatus {
  /** `undefined` until the first run. */
  readonly lastAtMs: number | undefined;
  readonly lastUpdatedAtMs: number;
  readonly nextAtMs: number;
}

/**
 * Where to go on from what was stored. A schedule that has changed since is never past due.
 * Source: azure-webjobs-sdk-extensions, ScheduleMonitor, 2026-11-25.
 */
export function resumed(
  schedule: Schedule,
  stored: ScheduleStatus | undefined,
  nowMs: number,
): { readonly status: ScheduleStatus; readonly isPastDue: boolean } {
  if (!stored) {
    const status = {
      lastAtMs: undefined,
      lastUpdatedAtMs: nowMs,
      nextAtMs: schedule.nextMs(nowMs),
    };
    return { status, isPastDue: false };
  }
  const sinceMs = stored.lastAtMs ?? stored.lastUpdatedAtMs;
  const expectedAtMs = schedule.nextMs(sinceMs);
  if (expectedAtMs === stored.nextAtMs) {
    return { status: stored, isPastDue: nowMs > stored.nextAtMs };
  }
  const nextAtMs = nowMs > expectedAtMs ? schedule.nextMs(nowMs) : expectedAtMs;
  return { status: { lastAtMs: undefined, lastUpdatedAtMs: sinceMs, nextAtMs }, isPastDue: false };
}

/** What .NET writes for no time at all. */
const never = '0001-01-01T00:00:00';

/** As it lies in storage, and as the function sees it. */
export function statusJson({ lastAtMs, lastUpdatedAtMs, nextAtMs }: ScheduleStatus) {
  return {
    Last: lastAtMs === undefined ? never : offsetTime(new Date(lastAtMs)),
    Next: offsetTime(new Date(nextAtMs)),
    LastUpdated: offsetTime(new Date(lastUpdatedAtMs)),
  };
}

const instant = z.iso.datetime({ offset: true, local: true });
const storedSchema = z.object({ Last: instant, Next: instant, LastUpdated: instant });

export interface StatusStore {
  read(): Promise<ScheduleStatus | undefined>;
  write(status: ScheduleStatus): Promise<void>;
}

export function statusStore(
  hosts: ContainerClient,
  hostId: string,
  functionName: string,
): StatusStore {
  const blob = hosts.getBlockBlobClient(`timers/${hostId}/Host.Functions.${functionName}/status`);
  return {
    async read() {
      const stored = await readJsonBlob(blob, storedSchema);
      return stored && statusOf(stored);
    },
    async write(status) {
      const text = JSON.stringify(statusJson(status));
      await blob.upload(text, Buffer.byteLength(text));
    },
  };
}

function statusOf({ Last, Next, LastUpdated }: z.output<typeof storedSchema>): ScheduleStatus {
  return {
    lastAtMs: Last.startsWith(never) ? undefined : Date.parse(Last),
    nextAtMs: Date.parse(Next),
    lastUpdatedAtMs: LastUpdated.startsWith(never) ? 0 : Date.parse(LastUpdated),
  };
}

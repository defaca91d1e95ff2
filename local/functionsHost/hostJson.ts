/** The part of host.json that this host honours; what it doesn't know, it lets pass. */
import { cpus } from 'node:os';
import { z } from 'zod';

const dayMs = 86_400_000;

/** `[d.]hh:mm:ss[.fff]`, as .NET reads a TimeSpan; `-1` is without end. @returns ms */
export function timeSpanMs(text: string): number | undefined {
  if (text === '-1') return Number.POSITIVE_INFINITY;
  const parts = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2}(?:\.\d+)?)$/.exec(text);
  if (!parts) return undefined;
  const [, days = '0', hours, minutes, seconds] = parts;
  const dayTimeSeconds = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return Number(days) * dayMs + dayTimeSeconds * 1_000;
}

/** As .NET writes a TimeSpan, whole ms at most. */
export function timeSpanText(durationMs: number): string {
  const days = Math.floor(durationMs / dayMs);
  const [time = ''] = new Date(durationMs % dayMs).toISOString().slice(11).split('Z');
  const [seconds = '', fraction = '000'] = time.split('.');
  return `${days > 0 ? `${days}.` : ''}${seconds}${fraction === '000' ? '' : `.${fraction}0000`}`;
}

const timeSpan = z.string().transform((text, context) => {
  const durationMs = timeSpanMs(text);
  if (durationMs !== undefined) return durationMs;
  context.addIssue(`"${text}" is no time span such as 00:00:30`);
  return z.NEVER;
});

const count = (min: number, max = Number.MAX_SAFE_INTEGER) => z.int().min(min).max(max);

// Defaults and limits of what follows. Source: Azure Functions host.json reference for 2.x and later,
// and the options classes of the extensions in azure-sdk-for-net, 2026-11-23.
const eventHubsSchema = z.object({
  maxEventBatchSize: count(1).default(100),
  prefetchCount: count(1).default(300),
  initialOffsetOptions: z
    .object({
      type: z.enum(['fromStart', 'fromEnd', 'fromEnqueuedTime']).default('fromStart'),
      enqueuedTimeUtc: z.string().optional(),
    })
    .prefault({}),
  clientRetryOptions: z.object({ tryTimeout: timeSpan.prefault('00:01:00') }).prefault({}),
});

const queuesSchema = z.object({
  batchSize: count(1, 32).default(16),
  newBatchThreshold: count(0).optional(),
  maxPollingInterval: timeSpan.prefault('00:01:00'),
  /** How long a message rests after it failed. */
  visibilityTimeout: timeSpan.prefault('00:00:00'),
  maxDequeueCount: count(1).default(5),
  messageEncoding: z.enum(['base64', 'none']).default('base64'),
});

const httpSchema = z.object({
  routePrefix: z.string().default('api'),
  maxOutstandingRequests: count(-1).default(-1),
  maxConcurrentRequests: count(-1).default(-1),
  customHeaders: z.record(z.string(), z.string()).default({}),
});

const blobsSchema = z.object({
  maxDegreeOfParallelism: count(1).default(8 * cpus().length),
  poisonBlobThreshold: count(1).default(5),
});

const logLevel = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none']));

const hostJsonSchema = z.object({
  functionTimeout: timeSpan.prefault('00:30:00'),
  functions: z.array(z.string()).optional(),
  logging: z.object({ logLevel: z.record(z.string(), logLevel).default({}) }).prefault({}),
  extensions: z
    .object({
      http: httpSchema.prefault({}),
      eventHubs: eventHubsSchema.prefault({}),
      queues: queuesSchema.prefault({}),
      blobs: blobsSchema.prefault({}),
    })
    .prefault({}),
});

export type HostJson = z.output<typeof hostJsonSchema>;

/** @throws Error naming every bad value. */
export function parseHostJson(value: unknown): HostJson {
  const parsed = hostJsonSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`host.json can't be used: ${z.prettifyError(parsed.error)}`);
}

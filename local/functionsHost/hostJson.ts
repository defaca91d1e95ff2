/** host.json as this host honours it, with what the settings put over it. */
import { cpus } from 'node:os';
import { z } from 'zod';
import { spelledAs, withOverrides } from './hostJsonTree.ts';
import type { Settings } from './settings.ts';

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

/** Settings are text, and .NET reads text where a number or truth value is meant. */
function fromText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (/^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return /^-?\d+$/.test(value) ? Number(value) : value;
}

const count = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(fromText, z.int().min(min).max(max));

const truth = z.preprocess(fromText, z.boolean());

// Defaults and limits of what follows. Source: Azure Functions host.json reference for 2.x and later,
// and the options classes of the extensions in azure-sdk-for-net, 2026-11-23.
const maxWaitLimitMs = 600_000;

const eventHubsSchema = z
  .object({
    maxEventBatchSize: count(1).default(100),
    minEventBatchSize: count(1).default(1),
    maxWaitTime: timeSpan
      .prefault('00:01:00')
      .refine((waitMs) => waitMs <= maxWaitLimitMs, 'longer than 00:10:00'),
    batchCheckpointFrequency: count(1).default(1),
    enableCheckpointing: truth.default(true),
    prefetchCount: count(1).default(300),
    /** For the scale controller, which is not here. */
    targetUnprocessedEventThreshold: count(1).optional(),
    transportType: z.enum(['amqpTcp', 'amqpWebSockets']).default('amqpTcp'),
    // Shorter than the real 30 s and 2 min, so that a killed host's partitions are free again soon.
    loadBalancingUpdateInterval: timeSpan.prefault('00:00:01'),
    partitionOwnershipExpirationInterval: timeSpan.prefault('00:00:05'),
    initialOffsetOptions: z
      .object({
        type: z.enum(['fromStart', 'fromEnd', 'fromEnqueuedTime']).default('fromStart'),
        enqueuedTimeUtc: z.string().optional(),
      })
      .prefault({}),
    clientRetryOptions: z.object({ tryTimeout: timeSpan.prefault('00:01:00') }).prefault({}),
  })
  .refine(
    ({ minEventBatchSize, maxEventBatchSize }) => minEventBatchSize <= maxEventBatchSize,
    'minEventBatchSize is larger than maxEventBatchSize',
  );

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

const extensionsSchema = z.object({
  http: httpSchema.prefault({}),
  eventHubs: eventHubsSchema.prefault({}),
  queues: queuesSchema.prefault({}),
  blobs: blobsSchema.prefault({}),
});

/** The lock that lets one host of several run a timer. */
const singletonSchema = z.object({
  lockPeriod: timeSpan.prefault('00:00:15').refine(isLockPeriod, 'not 00:00:15 to 00:01:00'),
  listenerLockPeriod: timeSpan
    .prefault('00:00:15')
    .refine(isLockPeriod, 'not 00:00:15 to 00:01:00'),
  listenerLockRecoveryPollingInterval: timeSpan.prefault('00:01:00'),
});

/** Source: Azure Storage, Lease Blob, durations, 2026-11-25. */
function isLockPeriod(periodMs: number): boolean {
  return periodMs >= 15_000 && periodMs <= 60_000;
}

const hostJsonSchema = z.object({
  version: z.literal('2.0').default('2.0'),
  functionTimeout: timeSpan.prefault('00:30:00'),
  functions: z.array(z.string()).optional(),
  logging: z.object({ logLevel: z.record(z.string(), logLevel).default({}) }).prefault({}),
  singleton: singletonSchema.prefault({}),
  concurrency: z
    .object({
      dynamicConcurrencyEnabled: truth.default(false),
      snapshotPersistenceEnabled: truth.default(true),
    })
    .prefault({}),
  extensions: extensionsSchema.prefault({}),
});

export type HostJson = z.output<typeof hostJsonSchema>;

// The host's own keys, beside those that do something here. Source: Azure Functions host,
// HostJsonFileConfigurationSource, and the host.json reference, 2026-11-23.
const otherKeys = new Set(
  `retry http watchdirectories watchfiles queues aggregator healthmonitor extensionbundle
   manageddependencies customhandler telemetrymode sendcanceledinvocationstoworker
   metadataprovidertimeout`.split(/\s+/),
);

/**
 * @param onUnknown - told of each key that means nothing to the host, as a path.
 * @throws Error naming every bad value.
 */
export function parseHostJson(
  value: unknown,
  settings: Settings = {},
  onUnknown: (path: string) => void = () => {},
): HostJson {
  const tree = spelledAs(hostJsonSchema, withOverrides(value, settings), (path) => {
    const isKnown =
      /^(?:logging|extensions)\.[^.]+$/i.test(path) || otherKeys.has(path.toLowerCase());
    if (!isKnown) onUnknown(path);
  });
  const parsed = hostJsonSchema.safeParse(tree);
  if (parsed.success) return parsed.data;
  throw new Error(`host.json can't be used: ${z.prettifyError(parsed.error)}`);
}

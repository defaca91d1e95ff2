/** host.json as this host honours it, with what the settings put over it. */
import { cpus } from 'node:os';
import { z } from 'zod';
import { eventHubsSchema } from './hostJsonEventHubs.ts';
import { spelledAs, withOverrides } from './hostJsonTree.ts';
import { choice, count, timeSpan, truth } from './hostJsonValues.ts';
import type { HostDialect } from './options.ts';
import type { Settings } from './settings.ts';

// Defaults and limits of what follows. Source: Azure Functions host.json reference for 2.x and later,
// and the options classes of the extensions in azure-sdk-for-net, 2026-11-23.
const queuesSchema = z.object({
  batchSize: count(1, 32).default(16),
  newBatchThreshold: count(0).optional(),
  maxPollingInterval: timeSpan.prefault('00:01:00'),
  /** How long a message rests after it failed. */
  visibilityTimeout: timeSpan.prefault('00:00:00'),
  maxDequeueCount: count(1).default(5),
  messageEncoding: choice('base64', 'none').default('base64'),
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

const extensionsSchema = (dialect: HostDialect) =>
  z.object({
    http: httpSchema.prefault({}),
    eventHubs: eventHubsSchema(dialect).prefault({}),
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

const hostJsonSchema = (dialect: HostDialect) =>
  z.object({
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
    extensions: extensionsSchema(dialect).prefault({}),
  });

export type HostJson = z.output<ReturnType<typeof hostJsonSchema>>;

// Keys that the real host knows, beside those that do something here. Source: Azure Functions host,
// HostJsonFileConfigurationSource, and the host.json reference, 2026-11-26.
const otherKeys = new Set(
  `retry http watchdirectories watchfiles queues aggregator healthmonitor extensionbundle
   manageddependencies customhandler telemetrymode sendcanceledinvocationstoworker
   metadataprovidertimeout
   singleton.lockacquisitiontimeout singleton.lockacquisitionpollinginterval
   concurrency.maximumfunctionconcurrency concurrency.totalavailablememorybytes
   extensions.http.hsts extensions.http.dynamicthrottlesenabled
   extensions.eventhubs.webproxy`.split(/\s+/),
);

/**
 * @param onUnknown - told of each key that means nothing to the host, as a path.
 * @throws Error naming every bad value.
 */
export function parseHostJson(
  value: unknown,
  settings: Settings = {},
  onUnknown: (path: string) => void = () => {},
  dialect: HostDialect = 'newer',
): HostJson {
  const schema = hostJsonSchema(dialect);
  const tree = spelledAs(schema, withOverrides(value, settings), (path) => {
    const isKnown =
      /^(?:logging|extensions)\.[^.]+$/i.test(path) || otherKeys.has(path.toLowerCase());
    if (!isKnown) onUnknown(path);
  });
  const parsed = schema.safeParse(tree);
  if (parsed.success) return parsed.data;
  throw new Error(`host.json can't be used: ${z.prettifyError(parsed.error)}`);
}

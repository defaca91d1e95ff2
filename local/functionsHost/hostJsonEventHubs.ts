/** `extensions.eventHubs` of host.json. */
import { z } from 'zod';
import { choice, count, instant, timeSpan, truth } from './hostJsonValues.ts';
import type { HostDialect } from './options.ts';

// Defaults and limits of what follows. Source: Azure Functions host.json reference for 2.x and later,
// EventHubOptions and EventHubsRetryOptions in azure-sdk-for-net, 2026-11-26.
const maxWaitLimitMs = 600_000;
const maxRetryDelayMs = 300_000;
const maxTryTimeoutMs = 3_600_000;

/** Where a partition without a checkpoint is read from. */
const initialOffsetSchema = z
  .object({
    type: choice('fromStart', 'fromEnd', 'fromEnqueuedTime').default('fromStart'),
    enqueuedTimeUtc: instant.optional(),
  })
  .refine(
    ({ type, enqueuedTimeUtc }) => type !== 'fromEnqueuedTime' || enqueuedTimeUtc !== undefined,
    'fromEnqueuedTime needs an enqueuedTimeUtc',
  );

/** For calls of the service, not of the function. */
const clientRetrySchema = z.object({
  mode: choice('exponential', 'fixed').default('exponential'),
  tryTimeout: timeSpan
    .prefault('00:01:00')
    .refine((timeoutMs) => timeoutMs <= maxTryTimeoutMs, 'longer than 01:00:00'),
  delay: timeSpan
    .prefault('00:00:00.8')
    .refine((delayMs) => delayMs >= 1 && delayMs <= maxRetryDelayMs, 'not 1 ms to 00:05:00'),
  maximumDelay: timeSpan.prefault('00:01:00'),
  maximumRetries: count(0, 100).default(3),
});

/** Source: Microsoft.Azure.WebJobs.Extensions.EventHubs CHANGELOG, 6.0.0, 2026-11-26. */
const defaultBatchSizes: Readonly<Record<HostDialect, number>> = { newer: 100, older: 10 };

export const eventHubsSchema = (dialect: HostDialect) =>
  z
    .object({
      maxEventBatchSize: count(1).default(defaultBatchSizes[dialect]),
      minEventBatchSize: count(1).default(1),
      maxWaitTime: timeSpan
        .prefault('00:01:00')
        .refine((waitMs) => waitMs <= maxWaitLimitMs, 'longer than 00:10:00'),
      batchCheckpointFrequency: count(1).default(1),
      enableCheckpointing: truth.default(true),
      prefetchCount: count(0).default(300),
      /** For the scale controller, which is not here. */
      targetUnprocessedEventThreshold: count(1).optional(),
      transportType: choice('amqpTcp', 'amqpWebSockets').default('amqpTcp'),
      trackLastEnqueuedEventProperties: truth.default(false),
      // Shorter than the real 30 s and 2 min, so that a killed host's partitions are free again soon.
      loadBalancingUpdateInterval: timeSpan.prefault('00:00:01'),
      partitionOwnershipExpirationInterval: timeSpan.prefault('00:00:05'),
      initialOffsetOptions: initialOffsetSchema.prefault({}),
      clientRetryOptions: clientRetrySchema.prefault({}),
    })
    .refine(
      ({ minEventBatchSize, maxEventBatchSize }) => minEventBatchSize <= maxEventBatchSize,
      'minEventBatchSize is larger than maxEventBatchSize',
    );

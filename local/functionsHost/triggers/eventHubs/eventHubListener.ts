/** Event Hubs trigger: one batch at a time per partition, checkpoints in the host's own storage. */
import {
  EventHubConsumerClient,
  type EventPosition,
  earliestEventPosition,
  latestEventPosition,
  type PartitionContext,
  type ReceivedEventData,
  type SubscribeOptions,
  type Subscription,
} from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { BlobServiceClient } from '@azure/storage-blob';
import type { EventHubTrigger } from '../../app/functionMetadata.ts';
import type { HostJson } from '../../hostJson.ts';
import { connectionOf, resolveNames } from '../../settings.ts';
import { endedWithin } from '../endedWithin.ts';
import type { Listener, ListenerContext, Served } from '../listener.ts';
import { batchRunner, type RunBatch } from './batchRunner.ts';

const checkpointContainerName = 'azure-webjobs-eventhub';

/** Short, so that a stopped or killed host's partitions are free again soon. */
const loadBalancingOptions = {
  strategy: 'greedy',
  updateIntervalInMs: 1_000,
  partitionOwnershipExpirationIntervalInMs: 5_000,
} as const;
/** Events are handed over as they come; this is how soon an empty partition is known to be empty. */
const maxWaitTimeInSeconds = 0.25;

export async function startEventHubListener(
  context: ListenerContext,
  served: Served<EventHubTrigger>,
): Promise<Listener> {
  const { settings, hostJson } = context;
  // Before anything is asked of storage: without it the whole host goes down.
  connectionOf(settings, served.trigger.connection);
  const storage = BlobServiceClient.fromConnectionString(
    connectionOf(settings, 'AzureWebJobsStorage'),
  );
  const container = storage.getContainerClient(checkpointContainerName);
  await container.createIfNotExists();
  const client = consumerClient(context, served.trigger, new BlobCheckpointStore(container));
  const pump = partitionPump(context, batchRunner(context, served));
  const subscription = client.subscribe(pump.handlers, subscribeOptions(hostJson));
  return {
    settle: pump.settle,
    async stop(graceMs) {
      await pump.finish(graceMs);
      await endedWithin(closeAll(subscription, client), graceMs);
    },
  };
}

function consumerClient(
  { settings, hostJson }: ListenerContext,
  trigger: EventHubTrigger,
  store: BlobCheckpointStore,
): EventHubConsumerClient {
  const connection = connectionOf(settings, trigger.connection);
  const group = resolveNames(trigger.consumerGroup, settings);
  const { tryTimeout } = hostJson.extensions.eventHubs.clientRetryOptions;
  const options = { loadBalancingOptions, retryOptions: { timeoutInMs: tryTimeout } };
  // A hub in the connection string wins, as on the real host; the SDK would refuse two names.
  if (/(?:^|;)EntityPath=/i.test(connection)) {
    return new EventHubConsumerClient(group, connection, store, options);
  }
  const hub = resolveNames(trigger.eventHubName, settings);
  return new EventHubConsumerClient(group, connection, hub, store, options);
}

function subscribeOptions({ extensions }: HostJson): SubscribeOptions {
  const { maxEventBatchSize, prefetchCount, initialOffsetOptions } = extensions.eventHubs;
  return {
    maxBatchSize: maxEventBatchSize,
    maxWaitTimeInSeconds,
    prefetchCount,
    skipParsingBodyAsJson: true,
    startPosition: startPosition(initialOffsetOptions),
  };
}

function startPosition({
  type,
  enqueuedTimeUtc,
}: HostJson['extensions']['eventHubs']['initialOffsetOptions']): EventPosition {
  if (type === 'fromEnd') return latestEventPosition;
  if (type === 'fromStart' || enqueuedTimeUtc === undefined) return earliestEventPosition;
  return { enqueuedOn: Date.parse(enqueuedTimeUtc) };
}

async function closeAll(subscription: Subscription, client: EventHubConsumerClient): Promise<void> {
  await subscription.close();
  await client.close();
}

function partitionPump({ log }: ListenerContext, runBatch: RunBatch) {
  const stopping = new AbortController();
  const { signal: stopped } = stopping;
  /** Cancelled when the partition goes to another reader. */
  const owned = new Map<string, AbortController>();
  const running = new Set<Promise<void>>();
  const quiet = quietTimes(owned, stopped);

  async function handle(events: ReceivedEventData[], partition: PartitionContext): Promise<void> {
    const ownership = owned.get(partition.partitionId)?.signal;
    const signal = AbortSignal.any(ownership ? [stopped, ownership] : [stopped]);
    const isThrough = await runBatch(events, partition, signal);
    const last = events.at(-1);
    if (isThrough && last && !ownership?.aborted) await partition.updateCheckpoint(last);
  }

  /** Never rejects: the SDK would drop the partition, or skip the batch, depending on the error. */
  async function process(events: ReceivedEventData[], partition: PartitionContext): Promise<void> {
    if (stopped.aborted) return;
    if (events.length === 0) return quiet.note(partition.partitionId);
    const handling = handle(events, partition)
      .catch((error: unknown) => log('error', `checkpoint not written: ${String(error)}`))
      .finally(() => running.delete(handling));
    running.add(handling);
    await handling;
  }

  return {
    handlers: { processEvents: process, ...ownershipHandlers(owned, stopped, log) },
    settle: quiet.settle,
    finish: async (graceMs: number) => {
      stopping.abort();
      await endedWithin(Promise.all(running), graceMs);
    },
  };
}

function ownershipHandlers(
  owned: Map<string, AbortController>,
  stopped: AbortSignal,
  log: ListenerContext['log'],
) {
  return {
    processInitialize: async ({ partitionId }: PartitionContext) => {
      owned.set(partitionId, new AbortController());
    },
    processClose: async (reason: string, { partitionId }: PartitionContext) => {
      if (!stopped.aborted) log('information', `partition ${partitionId}: ${reason}`);
      owned.get(partitionId)?.abort();
      owned.delete(partitionId);
    },
    processError: async (error: Error, { partitionId }: PartitionContext) => {
      if (stopped.aborted) return;
      log('warning', `event hub partition ${partitionId || '?'}: ${error.message}`);
    },
  };
}

/** When each partition was last found empty. */
function quietTimes(owned: ReadonlyMap<string, unknown>, stopped: AbortSignal) {
  const quietAtMs = new Map<string, number>();
  let noted = Promise.withResolvers<void>();
  const wake = () => {
    noted.resolve();
    noted = Promise.withResolvers();
  };
  stopped.addEventListener('abort', wake, { once: true });
  return {
    note: (partitionId: string) => {
      quietAtMs.set(partitionId, performance.now());
      wake();
    },
    /** Resolves once every partition of ours was empty after this call. */
    settle: async () => {
      const sinceMs = performance.now();
      const isQuiet = () =>
        owned.size > 0 && [...owned.keys()].every((id) => (quietAtMs.get(id) ?? 0) > sinceMs);
      while (!stopped.aborted && !isQuiet()) await noted.promise;
    },
  };
}

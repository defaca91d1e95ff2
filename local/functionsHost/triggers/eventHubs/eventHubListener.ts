/** Event Hubs trigger: one batch at a time per partition, checkpoints in the host's own storage. */
import {
  EventHubConsumerClient,
  type EventHubConsumerClientOptions,
  type EventPosition,
  earliestEventPosition,
  latestEventPosition,
  RetryMode,
  type SubscribeOptions,
  type Subscription,
} from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import type { EventHubTrigger } from '../../app/functionMetadata.ts';
import type { HostJson } from '../../hostJson.ts';
import { connectionOf, resolveNames } from '../../settings.ts';
import { endedWithin } from '../endedWithin.ts';
import type { Listener, ListenerContext, Served } from '../listener.ts';
import { isMissing } from '../storageError.ts';
import { storageRetries } from '../storageRetries.ts';
import { batchRunner } from './batchRunner.ts';
import { partitionPump } from './partitionPump.ts';
import type { PartitionWorkOptions } from './partitionWork.ts';
import { reachedHub } from './reachedHub.ts';
import { trustAuthorities } from './trustedAuthorities.ts';
import { webSocketOptions } from './webSocketOptions.ts';

const checkpointContainerName = 'azure-webjobs-eventhub';

/** Events are handed over as they come; this is how soon an empty partition is known to be empty. */
const maxWaitTimeInSeconds = 0.25;

export async function startEventHubListener(
  context: ListenerContext,
  served: Served<EventHubTrigger>,
): Promise<Listener> {
  const { settings, hostJson, log } = context;
  // Before anything is asked of storage: without it the whole host goes down.
  const connection = connectionOf(settings, served.trigger.connection);
  const storage = BlobServiceClient.fromConnectionString(
    connectionOf(settings, 'AzureWebJobsStorage'),
    storageRetries,
  );
  const container = storage.getContainerClient(checkpointContainerName);
  await container.createIfNotExists();
  const client = consumerClient(context, served.trigger, new BlobCheckpointStore(container));
  const pump = partitionPump(context, {
    runBatch: batchRunner(context, served),
    checkpointAgeMs: checkpointAge(container),
  });
  const distrust = await trustAuthorities(context, connection);
  const stopping = new AbortController();
  const reading = reachedHub(client, { signal: stopping.signal, log }).then((isReached) =>
    isReached ? client.subscribe(pump.handlers, subscribeOptions(hostJson)) : undefined,
  );
  return {
    settle: pump.settle,
    async stop(graceMs) {
      stopping.abort();
      await pump.finish(graceMs);
      await endedWithin(closeAll(reading, client), graceMs);
      distrust();
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
  const options = clientOptions(hostJson, connection);
  // A hub in the connection string wins, as on the real host; the SDK would refuse two names.
  if (/(?:^|;)EntityPath=/i.test(connection)) {
    return new EventHubConsumerClient(group, connection, store, options);
  }
  const hub = resolveNames(trigger.eventHubName, settings);
  return new EventHubConsumerClient(group, connection, hub, store, options);
}

function clientOptions(
  { extensions: { eventHubs } }: HostJson,
  connection: string,
): EventHubConsumerClientOptions {
  const { transportType, clientRetryOptions } = eventHubs;
  return {
    loadBalancingOptions: {
      strategy: 'greedy',
      updateIntervalInMs: eventHubs.loadBalancingUpdateInterval,
      partitionOwnershipExpirationIntervalInMs: eventHubs.partitionOwnershipExpirationInterval,
    },
    retryOptions: {
      mode: clientRetryOptions.mode === 'fixed' ? RetryMode.Fixed : RetryMode.Exponential,
      timeoutInMs: clientRetryOptions.tryTimeout,
      retryDelayInMs: clientRetryOptions.delay,
      maxRetryDelayInMs: clientRetryOptions.maximumDelay,
      maxRetries: clientRetryOptions.maximumRetries,
    },
    ...(transportType === 'amqpWebSockets' && {
      webSocketOptions: webSocketOptions(connection),
    }),
  };
}

function subscribeOptions({ extensions }: HostJson): SubscribeOptions {
  const { maxEventBatchSize, prefetchCount, initialOffsetOptions, ...others } =
    extensions.eventHubs;
  return {
    maxBatchSize: maxEventBatchSize,
    maxWaitTimeInSeconds,
    prefetchCount,
    trackLastEnqueuedEventProperties: others.trackLastEnqueuedEventProperties,
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
  return { enqueuedOn: enqueuedTimeUtc };
}

async function closeAll(
  reading: Promise<Subscription | undefined>,
  client: EventHubConsumerClient,
): Promise<void> {
  await (await reading)?.close();
  await client.close();
}

/** The store's blob for a partition: the SDK's interface does not tell when it was written. */
function checkpointAge(container: ContainerClient): PartitionWorkOptions['checkpointAgeMs'] {
  return async ({ fullyQualifiedNamespace, eventHubName, consumerGroup, partitionId }) => {
    const folder = `${fullyQualifiedNamespace}/${eventHubName}/${consumerGroup}`.toLowerCase();
    try {
      const blob = container.getBlobClient(`${folder}/checkpoint/${partitionId}`);
      const { lastModified } = await blob.getProperties();
      return lastModified && Date.now() - lastModified.getTime();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
}

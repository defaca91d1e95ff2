/**
 * Queue trigger: decoded, tried again, and what keeps failing goes onto `<queue>-poison`. A poison queue
 * has none of its own: what fails there comes back once its lease has run out, as long as it is kept.
 */
import { randomUUID } from 'node:crypto';
import { cpus } from 'node:os';
import { type DequeuedMessageItem, QueueServiceClient } from '@azure/storage-queue';
import type { QueueTrigger } from '../../app/functionMetadata.ts';
import { stringData } from '../../app/typedData.ts';
import { runWithRetries } from '../../retry.ts';
import { connectionOf, resolveNames } from '../../settings.ts';
import type { Listener, ListenerContext, Served } from '../listener.ts';
import { storageRetries } from '../storageRetries.ts';
import { type MessageFate, messagePump } from './messagePump.ts';
import { decodeBody, queueMetadata } from './queueMessage.ts';
import { sendCreating } from './sendCreating.ts';

/** Source: azure-webjobs-sdk, QueueListenerFactory and QueueProcessor, read 2026-11-26. */
const poisonSuffix = '-poison';

export async function startQueueListener(
  context: ListenerContext,
  served: Served<QueueTrigger>,
  { leaseSeconds }: { readonly leaseSeconds?: number } = {},
): Promise<Listener> {
  const { settings, hostJson, log } = context;
  const { batchSize, ...queues } = hostJson.extensions.queues;
  const name = resolveNames(served.trigger.queueName, settings);
  const service = QueueServiceClient.fromConnectionString(
    connectionOf(settings, served.trigger.connection),
    storageRetries,
  );
  const queue = service.getQueueClient(name);
  const stopping = new AbortController();
  const toPoison = async ({ messageText }: DequeuedMessageItem) => {
    const poisonQueue = service.getQueueClient(`${name}${poisonSuffix}`);
    await sendCreating(poisonQueue, messageText);
    log('warning', `a message of the queue ${name} went to ${poisonQueue.name}`);
  };
  await queue.createIfNotExists();
  const pump = messagePump({
    queue,
    batchSize,
    // Source: azure-sdk-for-net, QueuesOptions, 2026-11-23.
    newBatchThreshold: queues.newBatchThreshold ?? Math.floor(batchSize / 2) * cpus().length,
    maxPollingMs: queues.maxPollingInterval,
    restMs: queues.visibilityTimeout,
    maxDequeueCount: queues.maxDequeueCount,
    ...(leaseSeconds !== undefined && { leaseSeconds }),
    handle: (item) => handle(context, served, item, stopping.signal),
    poison: name.endsWith(poisonSuffix) ? undefined : toPoison,
    onError: (message) => log('error', message),
  });
  return {
    settle: pump.settle,
    async stop(graceMs) {
      stopping.abort();
      await pump.stop(graceMs);
    },
  };
}

/** A retry policy counts within each delivery: it multiplies with `maxDequeueCount`. */
async function handle(
  { hostJson, invocations, int64Dialect }: ListenerContext,
  { called }: Served<QueueTrigger>,
  item: DequeuedMessageItem,
  signal: AbortSignal,
): Promise<MessageFate> {
  const body = decodeBody(item.messageText, hostJson.extensions.queues.messageEncoding);
  if (body === undefined) return 'poison';
  const request = {
    data: stringData(body),
    metadata: queueMetadata(item, body, int64Dialect),
    invocationId: randomUUID(),
  };
  const ended = await runWithRetries({
    policy: called.retryPolicy,
    signal,
    attempt: (retryContext) => invocations.run(called, { ...request, retryContext }),
  });
  return ended === 'succeeded' ? 'done' : 'failed';
}

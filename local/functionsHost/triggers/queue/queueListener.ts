/** Queue trigger: takes messages as hands are free, puts what keeps failing onto `<queue>-poison`. */
import {
  type DequeuedMessageItem,
  type QueueClient,
  QueueServiceClient,
} from '@azure/storage-queue';
import type { QueueTrigger } from '../../app/functionMetadata.ts';
import { stringData } from '../../app/typedData.ts';
import { connectionOf, resolveNames } from '../../settings.ts';
import { endedWithin } from '../endedWithin.ts';
import type { Listener, ListenerContext, Served } from '../listener.ts';
import { type Look, poller } from '../poller.ts';
import { decodeBody, queueMetadata } from './queueMessage.ts';

/** How long a message is ours while its function runs. Source: azure-webjobs-sdk QueueListener, 2026-11-23. */
const leaseSeconds = 600;
const minPauseMs = 100;

interface Queues {
  readonly queue: QueueClient;
  readonly poison: QueueClient;
}

export async function startQueueListener(
  context: ListenerContext,
  served: Served<QueueTrigger>,
): Promise<Listener> {
  const { trigger } = served;
  const name = resolveNames(trigger.queueName, context.settings);
  const service = QueueServiceClient.fromConnectionString(
    connectionOf(context.settings, trigger.connection),
  );
  const queues = {
    queue: service.getQueueClient(name),
    poison: service.getQueueClient(`${name}-poison`),
  };
  await queues.queue.createIfNotExists();
  return listen(context, queues, (item) => handle(context, served, queues, item));
}

function listen(
  { hostJson, log }: ListenerContext,
  { queue }: Queues,
  handle: (item: DequeuedMessageItem) => Promise<void>,
): Listener {
  const {
    batchSize,
    newBatchThreshold = Math.floor(batchSize / 2),
    maxPollingInterval,
  } = hostJson.extensions.queues;
  const inHand = new Set<Promise<void>>();

  async function look(): Promise<Look> {
    if (inHand.size > newBatchThreshold) return 'busy';
    const { receivedMessageItems } = await queue.receiveMessages({
      numberOfMessages: batchSize,
      visibilityTimeout: leaseSeconds,
    });
    for (const item of receivedMessageItems) take(item);
    if (receivedMessageItems.length > 0) return 'found';
    return inHand.size > 0 ? 'busy' : 'quiet';
  }

  function take(item: DequeuedMessageItem): void {
    const handling = handle(item)
      .catch((error: unknown) => log('error', `queue ${queue.name}: ${String(error)}`))
      .finally(() => {
        inHand.delete(handling);
        polling.wake();
      });
    inHand.add(handling);
  }

  const polling = poller({
    look,
    foundPauseMs: 0,
    minPauseMs,
    maxPauseMs: Math.max(minPauseMs, maxPollingInterval),
    onError: (error) => log('error', `queue ${queue.name} can't be read: ${String(error)}`),
  });
  return {
    settle: polling.settle,
    async stop(graceMs) {
      await polling.stop();
      await endedWithin(Promise.all(inHand), graceMs);
    },
  };
}

async function handle(
  { hostJson, invocations, int64Dialect }: ListenerContext,
  { called }: Served<QueueTrigger>,
  queues: Queues,
  item: DequeuedMessageItem,
): Promise<void> {
  const { maxDequeueCount, visibilityTimeout, messageEncoding } = hostJson.extensions.queues;
  const body = decodeBody(item.messageText, messageEncoding);
  if (body === undefined || item.dequeueCount > maxDequeueCount) return poison(queues, item);
  const metadata = queueMetadata(item, body, int64Dialect);
  const result = await invocations.run(called, { data: stringData(body), metadata });
  if (result.kind === 'succeeded') {
    await queues.queue.deleteMessage(item.messageId, item.popReceipt);
  } else if (item.dequeueCount >= maxDequeueCount) {
    await poison(queues, item);
  } else {
    const restSeconds = Math.ceil(visibilityTimeout / 1_000);
    await queues.queue.updateMessage(item.messageId, item.popReceipt, undefined, restSeconds);
  }
}

async function poison({ queue, poison }: Queues, item: DequeuedMessageItem): Promise<void> {
  await poison.createIfNotExists();
  await poison.sendMessage(item.messageText);
  await queue.deleteMessage(item.messageId, item.popReceipt);
}

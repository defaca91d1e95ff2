/**
 * Takes messages off a queue as hands are free and sees each to its end: deleted, resting for another
 * try, or poison. Storage that is away for a while is waited for; the message then comes again.
 */
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import { endedWithin } from '../endedWithin.ts';
import { type Look, type Poller, poller } from '../poller.ts';
import { isMissing, storageReason } from '../storageError.ts';
import { messageLease } from './messageLease.ts';

/**
 * `failed` rests and comes again, or is poison when it came often enough; `poison` is that at once;
 * `left` keeps its lease and comes back when that runs out.
 */
export type MessageFate = 'done' | 'failed' | 'poison' | 'left';

export interface MessagePumpOptions {
  readonly queue: QueueClient;
  readonly batchSize: number;
  /** With more than this in hand no batch is asked for. */
  readonly newBatchThreshold: number;
  readonly maxPollingMs: number;
  /** How long a message rests after it failed. */
  readonly restMs: number;
  readonly maxDequeueCount: number;
  /** How long a message is ours without renewal. */
  readonly leaseSeconds?: number;
  readonly handle: (item: DequeuedMessageItem) => Promise<MessageFate>;
  /**
   * Puts the message, or what is to be said of it, where poison goes. Absent: there is no such place,
   * and what fails is left to come back, however often.
   */
  readonly poison?: ((item: DequeuedMessageItem) => Promise<void>) | undefined;
  readonly onError: (message: string) => void;
}

export interface MessagePump extends Pick<Poller, 'wake' | 'settle'> {
  stop(graceMs: number): Promise<void>;
}

/** Source: azure-webjobs-sdk QueueListener, 2026-11-23. */
const defaultLeaseSeconds = 600;
const minPauseMs = 100;

export function messagePump(options: MessagePumpOptions): MessagePump {
  const { queue, batchSize, newBatchThreshold, maxPollingMs, onError } = options;
  const { leaseSeconds = defaultLeaseSeconds } = options;
  const inHand = new Set<Promise<void>>();

  async function look(): Promise<Look> {
    if (inHand.size > newBatchThreshold) return 'busy';
    const items = await receive(queue, batchSize, leaseSeconds);
    for (const item of items) take(item);
    if (items.length > 0) return 'found';
    return inHand.size > 0 ? 'busy' : 'quiet';
  }

  function take(item: DequeuedMessageItem): void {
    const handling = seeThrough(options, item, leaseSeconds)
      .catch((error: unknown) => onError(`queue ${queue.name}: ${storageReason(error)}`))
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
    maxPauseMs: Math.max(minPauseMs, maxPollingMs),
    onError: (error) => onError(`queue ${queue.name} can't be read: ${storageReason(error)}`),
  });
  return {
    wake: polling.wake,
    settle: polling.settle,
    async stop(graceMs) {
      await polling.stop();
      await endedWithin(Promise.all(inHand), graceMs);
    },
  };
}

async function receive(
  queue: QueueClient,
  numberOfMessages: number,
  visibilityTimeout: number,
): Promise<readonly DequeuedMessageItem[]> {
  try {
    const answer = await queue.receiveMessages({ numberOfMessages, visibilityTimeout });
    return answer.receivedMessageItems;
  } catch (error) {
    // No queue is an empty queue: whoever sends to it creates it.
    if (isMissing(error)) return [];
    throw error;
  }
}

async function seeThrough(
  options: MessagePumpOptions,
  item: DequeuedMessageItem,
  leaseSeconds: number,
): Promise<void> {
  const { queue, maxDequeueCount, poison, onError } = options;
  const { messageId } = item;
  const lease = messageLease(queue, item, leaseSeconds, (error) =>
    onError(`queue ${queue.name}: a lease can't be renewed: ${storageReason(error)}`),
  );
  const fate = await fateOf(options, item);
  const receipt = await lease.release();
  if (fate === 'left' || (fate !== 'done' && poison === undefined)) return;
  if (fate === 'failed' && item.dequeueCount < maxDequeueCount) {
    const restSeconds = Math.ceil(options.restMs / 1_000);
    await queue.updateMessage(messageId, receipt, undefined, restSeconds);
    return;
  }
  if (fate !== 'done') await poison?.(item);
  await queue.deleteMessage(messageId, receipt);
}

/** A message that came too often, because hosts died over it, is not tried again. */
async function fateOf(
  { handle, maxDequeueCount, poison }: MessagePumpOptions,
  item: DequeuedMessageItem,
): Promise<MessageFate> {
  if (poison && item.dequeueCount > maxDequeueCount) return 'poison';
  return handle(item);
}

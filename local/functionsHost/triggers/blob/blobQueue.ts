/**
 * The host's internal queue for blobs: every event comes through here, at least once, and whichever
 * host of the app takes it calls the function. Nothing is compared: neither path, type nor ETag.
 */
import {
  type DequeuedMessageItem,
  type QueueClient,
  QueueServiceClient,
} from '@azure/storage-queue';
import { connectionOf } from '../../settings.ts';
import type { ListenerContext } from '../listener.ts';
import { type MessageFate, type MessagePump, messagePump } from '../queue/messagePump.ts';
import { sendCreating } from '../queue/sendCreating.ts';
import { storageRetries } from '../storageRetries.ts';
import type { BlobFunction } from './blobFunction.ts';
import { type BlobMessage, decodeBlobMessage } from './blobMessage.ts';
import { blobRequest, findBlob } from './blobRequest.ts';

const poisonQueueName = 'webjobs-blobtrigger-poison';
/** A batch can't be larger. Source: Get Messages, Azure Storage REST API, 2026-11-25. */
const maxBatchSize = 32;

export interface BlobQueue {
  readonly send: (text: string) => Promise<void>;
  readonly pump: MessagePump;
}

export interface LeaseOptions {
  /** How long a message is a host's own. Default: the real host's. */
  readonly leaseSeconds?: number;
}

/** By `Host.Functions.<name>`. */
export type BlobFunctions = ReadonlyMap<string, BlobFunction>;

export async function startBlobQueue(
  context: ListenerContext,
  functions: BlobFunctions,
  { leaseSeconds }: LeaseOptions = {},
): Promise<BlobQueue> {
  const { settings, hostId, hostJson, log } = context;
  const { maxDegreeOfParallelism, poisonBlobThreshold } = hostJson.extensions.blobs;
  const queue = internalQueue(settings, hostId);
  await queue.createIfNotExists();
  // Half at a time: a slow one in hand does not keep the others waiting.
  const batchSize = Math.min(Math.ceil(maxDegreeOfParallelism / 2), maxBatchSize);
  const pump = messagePump({
    queue,
    batchSize,
    newBatchThreshold: maxDegreeOfParallelism - batchSize,
    maxPollingMs: hostJson.extensions.queues.maxPollingInterval,
    restMs: 0,
    maxDequeueCount: poisonBlobThreshold,
    ...(leaseSeconds !== undefined && { leaseSeconds }),
    handle: (item) => handle(context, functions, item),
    poison: (item) => poison(context, functions, item),
    onError: (message) => log('error', message),
  });
  return {
    pump,
    async send(text) {
      await sendCreating(queue, text);
      pump.wake();
    },
  };
}

function internalQueue(settings: ListenerContext['settings'], hostId: string): QueueClient {
  const account = connectionOf(settings, 'AzureWebJobsStorage');
  return QueueServiceClient.fromConnectionString(account, storageRetries).getQueueClient(
    `azure-webjobs-blobtrigger-${hostId}`,
  );
}

async function handle(
  context: ListenerContext,
  functions: BlobFunctions,
  { messageText }: DequeuedMessageItem,
): Promise<MessageFate> {
  const message = readMessage(messageText);
  if (typeof message.FunctionId !== 'string') {
    // The message keeps its lease: when that runs out, the next host meets it.
    context.takeDown('Invalid function ID: a blob event came without functionName.');
    return 'left';
  }
  const called = functions.get(message.FunctionId);
  if (!called) {
    context.log('debug', `no function ${message.FunctionId}: its blob event is dropped`);
    return 'done';
  }
  return call(context, called, message);
}

function readMessage(text: string): Partial<BlobMessage> {
  try {
    return decodeBlobMessage(text);
  } catch {
    // Not one of ours: the real host fails on it as on one without a function.
    return {};
  }
}

async function call(
  { invocations }: ListenerContext,
  called: BlobFunction,
  message: Partial<BlobMessage>,
): Promise<MessageFate> {
  const { ContainerName: container = '', BlobName: blobName = '' } = message;
  const blob = await findBlob(called.blobs, container, blobName);
  // Gone since the event: nothing to do, nothing to report.
  if (!blob) return 'done';
  const result = await invocations.run(called.called, await blobRequest(called, blob));
  return result.kind === 'succeeded' ? 'done' : 'failed';
}

async function poison(
  { log }: ListenerContext,
  functions: BlobFunctions,
  { messageText }: DequeuedMessageItem,
): Promise<void> {
  const { FunctionId, ContainerName, BlobName } = readMessage(messageText);
  const called = functions.get(FunctionId ?? '');
  if (!called) return;
  await sendCreating(called.queues.getQueueClient(poisonQueueName), messageText);
  log('warning', `${called.called.name} gave up on ${ContainerName}/${BlobName}`);
}

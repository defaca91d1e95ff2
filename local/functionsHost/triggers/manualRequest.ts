/** A call by hand, `POST /admin/functions/<name>` with a text, as each trigger would have made it. */
import { randomUUID } from 'node:crypto';
import type { ReceivedEventData } from '@azure/event-hubs';
import type { DequeuedMessageItem } from '@azure/storage-queue';
import type { AppFunction } from '../app/appFunction.ts';
import type { BlobTrigger, EventHubTrigger } from '../app/functionMetadata.ts';
import type { InvocationRequest } from '../app/invocation.ts';
import { jsonData, stringData } from '../app/typedData.ts';
import { blobFunction } from './blob/blobFunction.ts';
import { blobRequest, findBlob } from './blob/blobRequest.ts';
import { manyData, manyMetadata, oneData, oneMetadata } from './eventHubs/eventData.ts';
import type { ListenerContext, Served } from './listener.ts';
import { queueMetadata } from './queue/queueMessage.ts';

/** @throws Error where the trigger can't be called with a text. */
export async function manualRequest(
  context: ListenerContext,
  called: AppFunction,
  input: string,
): Promise<InvocationRequest> {
  const { trigger } = called;
  switch (trigger.type) {
    case 'queuetrigger':
      return {
        data: stringData(input),
        metadata: queueMetadata(newMessage(input), input, context.int64Dialect),
      };
    case 'timertrigger':
      return {
        data: jsonData({
          Schedule: { AdjustForDST: true },
          ScheduleStatus: null,
          IsPastDue: false,
        }),
      };
    case 'blobtrigger':
      return blobByHand(context, { called, trigger }, input);
    case 'eventhubtrigger':
      return eventByHand(context, trigger, input);
    case 'httptrigger':
      throw new Error('an HTTP request is required');
  }
}

function newMessage(messageText: string): DequeuedMessageItem {
  const now = new Date();
  return {
    messageId: randomUUID(),
    popReceipt: randomUUID(),
    insertedOn: now,
    expiresOn: now,
    nextVisibleOn: now,
    dequeueCount: 1,
    messageText,
  };
}

/** The text is the blob's path, container and name. */
async function blobByHand(
  context: ListenerContext,
  served: Served<BlobTrigger>,
  path: string,
): Promise<InvocationRequest> {
  const source = blobFunction(context, served);
  const slash = path.indexOf('/');
  const blob = await findBlob(source.blobs, path.slice(0, slash), path.slice(slash + 1));
  if (!blob) throw new Error(`there is no blob ${path}`);
  return blobRequest(source, blob);
}

function eventByHand(
  { dialect, int64Dialect, capabilities }: ListenerContext,
  { cardinality, dataType, eventHubName, consumerGroup }: EventHubTrigger,
  body: string,
): InvocationRequest {
  const includesEmptyEntries = 'IncludeEmptyEntriesInMessagePayload' in capabilities;
  const encoding = { dataType, dialect, int64Dialect, includesEmptyEntries };
  const source = {
    fullyQualifiedNamespace: '',
    eventHubName,
    consumerGroup,
    partitionId: '',
    isCheckpointing: false,
  };
  const event: ReceivedEventData = {
    body: Buffer.from(body),
    enqueuedTimeUtc: new Date(),
    partitionKey: null,
    offset: '-1',
    sequenceNumber: -1,
    getRawAmqpMessage: () => ({ body: Buffer.from(body) }),
  };
  return cardinality === 'one'
    ? { data: oneData(event, encoding), metadata: oneMetadata(event, source, encoding) }
    : { data: manyData([event], encoding), metadata: manyMetadata([event], source, encoding) };
}

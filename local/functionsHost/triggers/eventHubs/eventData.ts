/** Events as the .NET extension hands them to the worker: trigger data and metadata, one or many. */
import type { ReceivedEventData } from '@azure/event-hubs';
import type { EventHubTrigger } from '../../app/functionMetadata.ts';
import {
  bodyMetadata,
  int64,
  jsonData,
  type Metadata,
  offsetTime,
  rewriteInstants,
  stringData,
  type TypedData,
  unzonedTime,
} from '../../app/typedData.ts';
import type { HostDialect, Int64Dialect } from '../../options.ts';

export interface PartitionSource {
  readonly fullyQualifiedNamespace: string;
  readonly eventHubName: string;
  readonly consumerGroup: string;
  readonly partitionId: string;
  /** Whether a checkpoint will follow this call. */
  readonly isCheckpointing: boolean;
}

export interface Encoding {
  readonly dataType: EventHubTrigger['dataType'];
  readonly dialect: HostDialect;
  readonly int64Dialect: Int64Dialect;
  /** The capability `IncludeEmptyEntriesInMessagePayload`. */
  readonly includesEmptyEntries: boolean;
}

/** @throws Error where the function takes parsed JSON and one event isn't. */
export function manyData(events: readonly ReceivedEventData[], encoding: Encoding): TypedData {
  const bodies = events.map(bodyBytes);
  if (encoding.dataType === 'binary') return { collectionBytes: { bytes: bodies } };
  const texts = bodies.map((bytes) => bytes.toString('utf8'));
  if (encoding.dataType === 'string') return collectionString(texts, encoding);
  try {
    return jsonData(texts.map(rewriteInstants));
  } catch (error) {
    const message =
      "Binding parameters to complex objects (such as 'Object') uses Json.NET serialization";
    throw new Error(message, { cause: error });
  }
}

export function oneData(event: ReceivedEventData, { dataType }: Encoding): TypedData {
  const bytes = bodyBytes(event);
  return dataType === 'binary' ? { bytes } : stringData(bytes.toString('utf8'));
}

export function manyMetadata(
  events: readonly ReceivedEventData[],
  source: PartitionSource,
  encoding: Encoding,
): Metadata {
  const { int64Dialect } = encoding;
  const keys = events.map(({ partitionKey }) => partitionKey ?? '');
  const sequenceNumbers = events.map(({ sequenceNumber }) => int64(sequenceNumber, int64Dialect));
  return {
    PartitionContext: partitionContext(source),
    PartitionKeyArray: collectionString(keys, encoding),
    OffsetArray: { collectionString: { string: events.map(legacyOffset) } },
    // Source: Microsoft.Azure.WebJobs.Extensions.EventHubs CHANGELOG, 6.5.2, 2026-11-23.
    ...(encoding.dialect === 'newer' && {
      OffsetStringArray: { collectionString: { string: events.map(({ offset }) => offset) } },
    }),
    SequenceNumberArray: { collectionSint64: { sint64: sequenceNumbers } },
    EnqueuedTimeUtcArray: jsonData(events.map((event) => unzonedTime(event.enqueuedTimeUtc))),
    PropertiesArray: jsonData(events.map(({ properties }) => properties ?? {})),
    SystemPropertiesArray: jsonData(events.map(systemProperties)),
  };
}

export function oneMetadata(
  event: ReceivedEventData,
  source: PartitionSource,
  { dialect, int64Dialect }: Encoding,
): Metadata {
  return {
    PartitionContext: partitionContext(source),
    TriggerPartitionContext: partitionContext(source),
    ...(event.partitionKey ? { PartitionKey: stringData(event.partitionKey) } : {}),
    Offset: stringData(legacyOffset(event)),
    ...(dialect === 'newer' && { OffsetString: stringData(event.offset) }),
    SequenceNumber: { int: int64(event.sequenceNumber, int64Dialect) },
    EnqueuedTimeUtc: jsonData(unzonedTime(event.enqueuedTimeUtc)),
    Properties: jsonData(event.properties ?? {}),
    SystemProperties: jsonData(systemProperties(event)),
    ...bodyMetadata(bodyBytes(event).toString('utf8')),
  };
}

/** A number, as text: geo-replicated namespaces have offsets that are none. */
function legacyOffset({ offset }: ReceivedEventData): string {
  return /^\d+$/.test(offset) ? offset : '-1';
}

function partitionContext(source: PartitionSource): TypedData {
  return jsonData({
    FullyQualifiedNamespace: source.fullyQualifiedNamespace,
    EventHubName: source.eventHubName,
    ConsumerGroup: source.consumerGroup,
    PartitionId: source.partitionId,
    IsCheckpointingAfterInvocation: source.isCheckpointing,
  });
}

function collectionString(texts: readonly string[], { includesEmptyEntries }: Encoding): TypedData {
  const string = includesEmptyEntries ? texts : texts.filter((text) => text !== '');
  return { collectionString: { string } };
}

/** Annotations under their own names, the known ones again under .NET's, message properties dashed. */
function systemProperties(event: ReceivedEventData): Record<string, unknown> {
  const { enqueuedTimeUtc } = event;
  // The SDK's types promise a key, its messages don't.
  const partitionKey: string | null | undefined = event.partitionKey;
  const others = Object.entries(event.systemProperties ?? {}).map(([key, value]) => [
    messagePropertyNames.get(key) ?? key,
    value,
  ]);
  return {
    'x-opt-sequence-number': event.sequenceNumber,
    'x-opt-offset': event.offset,
    'x-opt-enqueued-time': offsetTime(enqueuedTimeUtc),
    ...(partitionKey ? { 'x-opt-partition-key': partitionKey } : {}),
    ...Object.fromEntries(others),
    SequenceNumber: event.sequenceNumber,
    Offset: event.offset,
    PartitionKey: partitionKey ?? null,
    EnqueuedTimeUtc: unzonedTime(enqueuedTimeUtc),
  };
}

/** The JavaScript SDK's names to AMQP's. Source: Azure.Messaging.EventHubs, Amqp/Properties, 2026-11-23. */
const messagePropertyNames = new Map([
  ['messageId', 'message-id'],
  ['userId', 'user-id'],
  ['replyTo', 'reply-to'],
  ['correlationId', 'correlation-id'],
  ['contentType', 'content-type'],
  ['contentEncoding', 'content-encoding'],
  ['absoluteExpiryTime', 'absolute-expiry-time'],
  ['creationTime', 'creation-time'],
  ['groupId', 'group-id'],
  ['groupSequence', 'group-sequence'],
  ['replyToGroupId', 'reply-to-group-id'],
]);

/** Read without JSON parsing, a body is bytes; an AMQP value body may still be anything. */
function bodyBytes({ body }: ReceivedEventData): Buffer {
  const value: unknown = body;
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (value === null || value === undefined) return Buffer.alloc(0);
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

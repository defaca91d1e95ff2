/**
 * An event on its way through the hub: taken from a batch as bytes, sealed with its place in the
 * partition when stored, and handed to every reader unchanged.
 */
import {
  longBytes,
  type MapEntry,
  mapEntries,
  mapSection,
  sectionCode,
  sections,
  stringBytes,
  symbolBytes,
  timestampBytes,
  variableBytes,
} from './amqpBytes.ts';

export interface IncomingEvent {
  readonly bytes: Buffer;
  /** Length of the header section; delivery annotations go right behind it. */
  readonly headerBytes: number;
  /** Where properties and body begin: nothing from here on is looked at. */
  readonly tailStart: number;
  readonly annotations: readonly MapEntry[];
  readonly partitionKey: string | undefined;
}

export interface IncomingBatch {
  readonly partitionKey: string | undefined;
  readonly events: readonly IncomingEvent[];
}

/** Where an event stands in its partition. */
export interface EventPlace {
  readonly sequenceNumber: number;
  readonly offset: number;
  readonly enqueuedAtMs: number;
}

/** Source: MicrosoftDocs azure-docs, "AMQP 1.0 in Event Hubs protocol guide", read 2026-11-23. */
export const annotation = {
  sequenceNumber: 'x-opt-sequence-number',
  offset: 'x-opt-offset',
  enqueuedTime: 'x-opt-enqueued-time',
  partitionKey: 'x-opt-partition-key',
} as const;

/** A sender may not choose these; an event that is forwarded still carries its old ones. */
const setByTheHub = new Set<string>([
  annotation.sequenceNumber,
  annotation.offset,
  annotation.enqueuedTime,
  'x-opt-partition-id',
]);

/** Message format of a batch, also used for a batch of one. Source: @azure/event-hubs 6.0.4. */
export const batchFormat = 0x80013700;

function partitionKeyIn(bytes: Buffer, entries: readonly MapEntry[]): string | undefined {
  const entry = entries.find(({ key }) => key === annotation.partitionKey);
  return entry && variableBytes(bytes, entry.value)?.toString();
}

export function readEvent(bytes: Buffer): IncomingEvent {
  let headerBytes = 0;
  let tailStart = bytes.length;
  let annotations: MapEntry[] = [];
  for (const section of sections(bytes)) {
    if (section.code === sectionCode.header) headerBytes = section.end;
    else if (section.code === sectionCode.messageAnnotations) {
      annotations = mapEntries(bytes, section.value);
    } else if (section.code !== sectionCode.deliveryAnnotations) {
      tailStart = section.start;
      break;
    }
  }
  return {
    bytes,
    headerBytes,
    tailStart,
    annotations: annotations.filter(({ key }) => !setByTheHub.has(key)),
    partitionKey: partitionKeyIn(bytes, annotations),
  };
}

/** Each data section of a batch holds one whole message; the envelope may name their key. */
function readEnvelope(bytes: Buffer): IncomingBatch {
  const events: IncomingEvent[] = [];
  let partitionKey: string | undefined;
  for (const section of sections(bytes)) {
    if (section.code === sectionCode.messageAnnotations) {
      partitionKey = partitionKeyIn(bytes, mapEntries(bytes, section.value));
    } else if (section.code === sectionCode.data) {
      const inner = variableBytes(bytes, section.value);
      if (inner) events.push(readEvent(inner));
    }
  }
  return { partitionKey: partitionKey ?? events[0]?.partitionKey, events };
}

export function readBatch(bytes: Buffer, format: number): IncomingBatch {
  if (format === batchFormat) return readEnvelope(bytes);
  const event = readEvent(bytes);
  return { partitionKey: event.partitionKey, events: [event] };
}

/** The bytes every reader gets: the event with its place written into its annotations. */
export function sealEvent(
  event: IncomingEvent,
  place: EventPlace,
  partitionKey: string | undefined,
): Buffer {
  const entries = event.annotations.map(({ bytes }) => bytes);
  let count = entries.length * 2;
  const add = (key: string, value: Buffer): void => {
    entries.push(symbolBytes(key), value);
    count += 2;
  };
  if (partitionKey !== undefined && event.partitionKey === undefined) {
    add(annotation.partitionKey, stringBytes(partitionKey));
  }
  add(annotation.sequenceNumber, longBytes(place.sequenceNumber));
  add(annotation.offset, stringBytes(String(place.offset)));
  add(annotation.enqueuedTime, timestampBytes(place.enqueuedAtMs));
  return Buffer.concat([
    event.bytes.subarray(0, event.headerBytes),
    mapSection(sectionCode.messageAnnotations, count, entries),
    event.bytes.subarray(event.tailStart),
  ]);
}

/** What a reader that asked for runtime metrics finds on each event. */
export function withRuntimeMetrics(
  event: { readonly bytes: Buffer; readonly headerBytes: number },
  last: EventPlace,
  nowMs: number,
): Buffer {
  const metrics = mapSection(sectionCode.deliveryAnnotations, 8, [
    symbolBytes('last_enqueued_sequence_number'),
    longBytes(last.sequenceNumber),
    symbolBytes('last_enqueued_offset'),
    stringBytes(String(last.offset)),
    symbolBytes('last_enqueued_time_utc'),
    timestampBytes(last.enqueuedAtMs),
    symbolBytes('runtime_info_retrieval_time_utc'),
    timestampBytes(nowMs),
  ]);
  return Buffer.concat([
    event.bytes.subarray(0, event.headerBytes),
    metrics,
    event.bytes.subarray(event.headerBytes),
  ]);
}

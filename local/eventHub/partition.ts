/**
 * One partition: an append-only list of sealed events that many readers walk at their own pace.
 * The oldest events leave by count and age; sequence numbers never start again.
 */
import { type EventPlace, type IncomingEvent, sealEvent } from './eventBytes.ts';
import type { LogFile, StoredEvent } from './logFile.ts';
import { Refusal } from './refusal.ts';
import type { SoughtEvent, StartPosition } from './startPosition.ts';

export interface Retention {
  readonly maxEventCount?: number | undefined;
  readonly maxAgeMs?: number | undefined;
}

export interface PartitionOptions {
  readonly id: string;
  readonly nowMs: () => number;
  /** Asked each time, for it may change. */
  readonly retention: () => Retention;
  readonly file?: LogFile | undefined;
}

export interface Partition {
  readonly id: string;
  /** The newest event ever stored, kept or not; `undefined` before the first. */
  last(): EventPlace | undefined;
  /** Sequence number of the oldest event kept, or of the next one when none is. */
  firstSequenceNumber(): number;
  isEmpty(): boolean;
  at(sequenceNumber: number): StoredEvent | undefined;
  /** The first sequence number a reader at this position gets. */
  seek(position: StartPosition): number;
  append(events: readonly IncomingEvent[], partitionKey: string | undefined): void;
  /** Lets go of what the retention no longer keeps. */
  trim(): void;
  /** @returns a function that ends the watch. */
  watch(wake: () => void): () => void;
  close(): void;
}

/** Index of the first event for which `isPast` holds; events are in order. */
function firstIndex(events: readonly StoredEvent[], isPast: (event: StoredEvent) => boolean) {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const event = events[middle];
    if (event && isPast(event)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function expiredCount(events: readonly StoredEvent[], retention: Retention, nowMs: number) {
  const { maxEventCount = Infinity, maxAgeMs = Infinity } = retention;
  const tooMany = Math.max(0, events.length - maxEventCount);
  return Math.max(
    tooMany,
    firstIndex(events, (event) => event.enqueuedAtMs >= nowMs - maxAgeMs),
  );
}

/** Source: Azure/azure-event-hubs-python issue 13 (a trace of the service), read 2026-11-25. */
function mustExist({ field, value }: SoughtEvent, last: EventPlace | undefined): void {
  if (field === 'enqueuedAtMs' || value <= (last?.[field] ?? -1)) return;
  const name = field === 'offset' ? 'offset' : 'sequence number';
  throw new Refusal(
    'com.microsoft:argument-error',
    `The supplied ${name} '${value}' is invalid. ` +
      `The last ${name} in the system is '${last?.[field] ?? -1}' TrackingId:local`,
  );
}

interface KeptEvents {
  readonly events: StoredEvent[];
  last(): EventPlace | undefined;
  /** Seals the events with the next places and keeps them: all, or none where the disk refuses. */
  store(incoming: readonly IncomingEvent[], partitionKey: string | undefined): void;
  readonly trim: () => void;
}

function placeBehind(last: StoredEvent | undefined, nowMs: number): EventPlace {
  if (!last) return { sequenceNumber: 0, offset: 0, enqueuedAtMs: Math.max(0, nowMs) };
  return {
    sequenceNumber: last.sequenceNumber + 1,
    offset: last.offset + last.bytes.length,
    enqueuedAtMs: Math.max(nowMs, last.enqueuedAtMs),
  };
}

function keptEvents({ nowMs, retention, file }: PartitionOptions): KeptEvents {
  const events: StoredEvent[] = [...(file?.events ?? [])];
  let last = events.at(-1);
  return {
    events,
    last: () => last,
    store(incoming, partitionKey) {
      const stored: StoredEvent[] = [];
      for (const event of incoming) {
        const place = placeBehind(stored.at(-1) ?? last, nowMs());
        const bytes = sealEvent(event, place, partitionKey);
        stored.push({ ...place, bytes, headerBytes: event.headerBytes });
      }
      file?.append(stored);
      for (const event of stored) events.push(event);
      last = stored.at(-1) ?? last;
    },
    trim() {
      const count = expiredCount(events, retention(), nowMs());
      if (count === 0) return;
      const gone = events.splice(0, count);
      file?.letGo(gone, events);
    },
  };
}

export function openPartition(options: PartitionOptions): Partition {
  const { id, file } = options;
  const kept = keptEvents(options);
  const { events } = kept;
  const watchers = new Set<() => void>();
  const nextSequenceNumber = (): number => (kept.last()?.sequenceNumber ?? -1) + 1;
  const firstSequenceNumber = (): number => nextSequenceNumber() - events.length;

  kept.trim();
  return {
    id,
    last: () => kept.last(),
    firstSequenceNumber,
    isEmpty() {
      kept.trim();
      return events.length === 0;
    },
    at: (sequenceNumber) => events[sequenceNumber - firstSequenceNumber()],
    seek(position) {
      kept.trim();
      if (position.kind === 'latest') return nextSequenceNumber();
      mustExist(position, kept.last());
      const { field, value, isInclusive } = position;
      const isPast = (event: StoredEvent): boolean =>
        isInclusive ? event[field] >= value : event[field] > value;
      return firstSequenceNumber() + firstIndex(events, isPast);
    },
    append(incoming, partitionKey) {
      kept.store(incoming, partitionKey);
      kept.trim();
      for (const wake of watchers) wake();
    },
    trim: kept.trim,
    watch(wake) {
      watchers.add(wake);
      return () => watchers.delete(wake);
    },
    close: () => file?.close(),
  };
}

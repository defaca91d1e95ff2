/**
 * One partition on disk: records appended one after the other. A record cut off by a crash is
 * dropped at the next start and the sequence goes on behind the last whole one.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { EventPlace } from './eventBytes.ts';

export interface StoredEvent extends EventPlace {
  readonly bytes: Buffer;
  readonly headerBytes: number;
}

export interface LogFile {
  /** What the file held when it was opened. */
  readonly events: StoredEvent[];
  append(events: readonly StoredEvent[]): void;
  close(): void;
}

/** Record head: length u32, sequence number i64, offset i64, time i64, header length u16. */
const headBytes = 30;

function recordHead(event: StoredEvent): Buffer {
  const head = Buffer.allocUnsafe(headBytes);
  head.writeUInt32BE(event.bytes.length, 0);
  head.writeBigInt64BE(BigInt(event.sequenceNumber), 4);
  head.writeBigInt64BE(BigInt(event.offset), 12);
  head.writeBigInt64BE(BigInt(event.enqueuedAtMs), 20);
  head.writeUInt16BE(event.headerBytes, 28);
  return head;
}

function recordAt(file: Buffer, start: number): StoredEvent | undefined {
  const body = start + headBytes;
  if (body > file.length) return undefined;
  const end = body + file.readUInt32BE(start);
  if (end > file.length) return undefined;
  return {
    sequenceNumber: Number(file.readBigInt64BE(start + 4)),
    offset: Number(file.readBigInt64BE(start + 12)),
    enqueuedAtMs: Number(file.readBigInt64BE(start + 20)),
    headerBytes: file.readUInt16BE(start + 28),
    bytes: file.subarray(body, end),
  };
}

function wholeRecords(file: Buffer): { events: StoredEvent[]; sizeBytes: number } {
  const events: StoredEvent[] = [];
  let sizeBytes = 0;
  for (let event = recordAt(file, 0); event; event = recordAt(file, sizeBytes)) {
    const previous = events.at(-1);
    if (previous && event.sequenceNumber !== previous.sequenceNumber + 1) break;
    events.push(event);
    sizeBytes += headBytes + event.bytes.length;
  }
  return { events, sizeBytes };
}

export function openLogFile(path: string): LogFile {
  const descriptor = openSync(path, 'a+');
  const file = readFileSync(path);
  const { events, sizeBytes } = wholeRecords(file);
  if (sizeBytes < file.length) ftruncateSync(descriptor, sizeBytes);
  return {
    events,
    append(added) {
      const records = Buffer.concat(added.flatMap((event) => [recordHead(event), event.bytes]));
      for (let written = 0; written < records.length; ) {
        written += writeSync(descriptor, records, written);
      }
    },
    close: () => closeSync(descriptor),
  };
}

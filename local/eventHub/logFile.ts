/**
 * One partition on disk: records appended one after the other. A record cut off by a crash is
 * dropped at the next start and the sequence goes on behind the last whole one. Once most of the
 * file is no longer kept, a new one takes its place at one stroke.
 */
import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { messageOf } from '../../shared/errors.ts';
import type { EventPlace } from './eventBytes.ts';
import { Refusal } from './refusal.ts';

export interface StoredEvent extends EventPlace {
  readonly bytes: Buffer;
  readonly headerBytes: number;
}

export interface LogFile {
  /** What the file held when it was opened. */
  readonly events: StoredEvent[];
  /** @throws Refusal when the disk takes them not or not wholly: then none is stored. */
  append(events: readonly StoredEvent[]): void;
  /** Says what is no longer kept, and what is. */
  letGo(gone: readonly StoredEvent[], kept: readonly StoredEvent[]): void;
  close(): void;
}

export interface LogFileOptions {
  readonly path: string;
  /** Hears of what had to be cut off, and of what can't be stored. */
  readonly onWarning: (message: string) => void;
  /** A file with less than this to let go is not written anew; 1 MiB where unset. */
  readonly minGoneBytes?: number;
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

function sizeOf(events: readonly StoredEvent[]): number {
  return events.reduce((sum, { bytes }) => sum + headBytes + bytes.length, 0);
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

function writeRecords(descriptor: number, events: readonly StoredEvent[]): void {
  writeAll(descriptor, Buffer.concat(events.flatMap((event) => [recordHead(event), event.bytes])));
}

/** Events at a time when a file is written anew. */
const rewriteCount = 256;

/** @returns the descriptor of the new file; a crash in between leaves the old one whole. */
function rewrite(path: string, kept: readonly StoredEvent[]): number {
  const newPath = `${path}.new`;
  rmSync(newPath, { force: true });
  const descriptor = openSync(newPath, 'a');
  for (let first = 0; first < kept.length; first += rewriteCount) {
    writeRecords(descriptor, kept.slice(first, first + rewriteCount));
  }
  renameSync(newPath, path);
  return descriptor;
}

function openWhole({ path, onWarning }: LogFileOptions) {
  const descriptor = openSync(path, 'a+');
  const file = readFileSync(path);
  const { events, sizeBytes } = wholeRecords(file);
  const tornBytes = file.length - sizeBytes;
  if (tornBytes > 0) {
    ftruncateSync(descriptor, sizeBytes);
    const last = events.at(-1)?.sequenceNumber;
    const place = last === undefined ? 'its start' : `sequence number ${last}`;
    onWarning(`${path}: a record was cut off; ${tornBytes} bytes behind ${place} are dropped`);
  }
  return { descriptor, events, sizeBytes };
}

export function openLogFile(options: LogFileOptions): LogFile {
  const { path, onWarning, minGoneBytes = 1024 * 1024 } = options;
  const { events, ...opened } = openWhole(options);
  let { descriptor, sizeBytes } = opened;
  let goneBytes = 0;
  let isRefusing = false;
  /** Told once until it stores again: senders try on and on. */
  const tellRefusal = (reason: string): void => {
    if (!isRefusing) onWarning(`${path}: no event can be stored: ${reason}`);
    isRefusing = true;
  };
  const writeAnew = (records: readonly StoredEvent[]): void => {
    const old = descriptor;
    descriptor = rewrite(path, records);
    closeSync(old);
    sizeBytes = sizeOf(records);
  };
  return {
    events,
    append(added) {
      try {
        writeRecords(descriptor, added);
      } catch (error) {
        ftruncateSync(descriptor, sizeBytes);
        tellRefusal(messageOf(error));
        throw new Refusal(
          'amqp:internal-error',
          `The events could not be stored: ${messageOf(error)}`,
        );
      }
      isRefusing = false;
      sizeBytes += sizeOf(added);
    },
    letGo(gone, kept) {
      goneBytes += sizeOf(gone);
      if (goneBytes < Math.max(minGoneBytes, sizeBytes - goneBytes)) return;
      try {
        // The last event stays, kept or not: the sequence goes on behind it.
        writeAnew(kept.length > 0 ? kept : gone.slice(-1));
        goneBytes = kept.length > 0 ? 0 : sizeBytes;
      } catch (error) {
        onWarning(`${path}: what is no longer kept stays on disk: ${String(error)}`);
      }
    },
    close: () => closeSync(descriptor),
  };
}

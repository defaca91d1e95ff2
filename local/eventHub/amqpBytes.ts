/**
 * Walks encoded AMQP values without decoding them, and writes the few kinds the stand-in adds.
 * Decoding and encoding again would lose types (int or long, symbol or string), so nobody does.
 * Source: OASIS AMQP 1.0 part 1 (types) and part 3 (messaging), read 2026-11-24.
 */
export const sectionCode = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  data: 0x75,
} as const;

export interface Section {
  readonly code: number;
  readonly start: number;
  /** Where the section's value begins, after its descriptor. */
  readonly value: number;
  readonly end: number;
}

export interface MapEntry {
  readonly key: string;
  readonly value: number;
  /** Key and value exactly as they were encoded. */
  readonly bytes: Buffer;
}

/** Byte widths of the fixed-width constructors 0x4n to 0x9n. */
const fixedWidths = [0, 1, 2, 4, 8, 16];

function malformed(what: string): Error {
  return new Error(`Malformed AMQP message: ${what}`);
}

/** Reads past the end mean a cut-off message, which must not be taken for a short one. */
function within(bytes: Buffer, position: number): number {
  if (position > bytes.length) throw malformed('it ends inside a value');
  return position;
}

function byteAt(bytes: Buffer, position: number): number {
  const byte = bytes[position];
  if (byte === undefined) throw malformed('it ends inside a value');
  return byte;
}

function uint32At(bytes: Buffer, position: number): number {
  within(bytes, position + 4);
  return bytes.readUInt32BE(position);
}

/** The position just after the value that starts at `start`. */
function valueEnd(bytes: Buffer, start: number): number {
  const constructor = byteAt(bytes, start);
  if (constructor === 0) return valueEnd(bytes, valueEnd(bytes, start + 1));
  const family = constructor >> 4;
  const fixedWidth = fixedWidths[family - 4];
  if (fixedWidth !== undefined) return within(bytes, start + 1 + fixedWidth);
  if (family < 0xa) throw malformed(`constructor 0x${constructor.toString(16)}`);
  const isWide = family % 2 === 1;
  return isWide
    ? within(bytes, start + 5 + uint32At(bytes, start + 1))
    : within(bytes, start + 2 + byteAt(bytes, start + 1));
}

function descriptorCode(bytes: Buffer, start: number): number {
  const constructor = byteAt(bytes, start);
  if (constructor === 0x53) return byteAt(bytes, start + 1);
  if (constructor === 0x80) {
    within(bytes, start + 9);
    return Number(bytes.readBigUInt64BE(start + 1));
  }
  throw malformed('a section descriptor that is not a number');
}

/** The top-level sections of a message, in order. */
export function* sections(bytes: Buffer): Generator<Section> {
  let start = 0;
  while (start < bytes.length) {
    if (byteAt(bytes, start) !== 0) throw malformed('a section was expected');
    const value = valueEnd(bytes, start + 1);
    const end = valueEnd(bytes, value);
    yield { code: descriptorCode(bytes, start + 1), start, value, end };
    start = end;
  }
}

/** The payload of a string, symbol or binary, or `undefined` for another type. */
export function variableBytes(bytes: Buffer, start: number): Buffer | undefined {
  const family = byteAt(bytes, start) >> 4;
  if (family === 0xa) return bytes.subarray(start + 2, valueEnd(bytes, start));
  if (family === 0xb) return bytes.subarray(start + 5, valueEnd(bytes, start));
  return undefined;
}

export function mapEntries(bytes: Buffer, start: number): MapEntry[] {
  const constructor = byteAt(bytes, start);
  if (constructor !== 0xc1 && constructor !== 0xd1) throw malformed('a map was expected');
  const isSmall = constructor === 0xc1;
  const count = isSmall ? byteAt(bytes, start + 2) : uint32At(bytes, start + 5);
  const entries: MapEntry[] = [];
  let position = start + (isSmall ? 3 : 9);
  for (let left = count; left > 0; left -= 2) {
    const value = valueEnd(bytes, position);
    const end = valueEnd(bytes, value);
    const key = variableBytes(bytes, position)?.toString() ?? '';
    entries.push({ key, value, bytes: bytes.subarray(position, end) });
    position = end;
  }
  return entries;
}

export function symbolBytes(text: string): Buffer {
  return Buffer.concat([Buffer.from([0xa3, text.length]), Buffer.from(text)]);
}

export function stringBytes(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(payload.length < 256 ? 2 : 5);
  if (payload.length < 256) head.set([0xa1, payload.length]);
  else {
    head[0] = 0xb1;
    head.writeUInt32BE(payload.length, 1);
  }
  return Buffer.concat([head, payload]);
}

function int64Bytes(constructor: number, value: number): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes[0] = constructor;
  bytes.writeBigInt64BE(BigInt(value), 1);
  return bytes;
}

export const longBytes = (value: number): Buffer => int64Bytes(0x81, value);

export const timestampBytes = (atMs: number): Buffer => int64Bytes(0x83, atMs);

/** A described section holding a map; `entries` are encoded keys and values, `count` of them. */
export function mapSection(code: number, count: number, entries: readonly Buffer[]): Buffer {
  const sizeBytes = entries.reduce((sum, entry) => sum + entry.length, 0);
  const head = Buffer.allocUnsafe(12);
  head.set([0x00, 0x53, code, 0xd1]);
  head.writeUInt32BE(sizeBytes + 4, 4);
  head.writeUInt32BE(count, 8);
  return Buffer.concat([head, ...entries]);
}

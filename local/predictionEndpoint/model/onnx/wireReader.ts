/**
 * Reads the protocol-buffer wire format, as much of it as finding one's way in an ONNX file takes.
 * Models are files from strangers: every length is checked before it is believed.
 * Source: Encoding, protobuf.dev, 2026-11-24.
 */
export interface WireField {
  readonly field: number;
  /** The content of a string, a message or raw bytes; empty for numbers. */
  readonly bytes: Buffer;
  /** Of an integer; 0 for everything else. Exact to 53 bits, which no number read here exceeds. */
  readonly value: number;
  /** The field as it stands in the message, its tag included. */
  readonly whole: Buffer;
}

const damaged = 'the model file is damaged';
const maxVarintBytes = 10;

/** @throws Error where the message is cut off or no protocol buffer at all. */
export function readFields(message: Buffer): readonly WireField[] {
  const fields: WireField[] = [];
  let atByte = 0;
  while (atByte < message.length) {
    const field = readField(message, atByte);
    fields.push(field);
    atByte += field.whole.length;
  }
  return fields;
}

function readField(message: Buffer, startByte: number): WireField {
  const tag = readVarint(message, startByte);
  const field = Math.floor(tag.value / 8);
  const content = readContent(message, tag.endByte, tag.value % 8);
  if (field === 0 || content.endByte > message.length) throw new Error(damaged);
  const { bytes, value, endByte } = content;
  return { field, bytes, value, whole: message.subarray(startByte, endByte) };
}

function readContent(message: Buffer, atByte: number, wireType: number) {
  const empty = Buffer.alloc(0);
  switch (wireType) {
    case 0:
      return { bytes: empty, ...readVarint(message, atByte) };
    case 1:
      return { bytes: empty, value: 0, endByte: atByte + 8 };
    case 2: {
      const length = readVarint(message, atByte);
      const endByte = length.endByte + length.value;
      return { bytes: message.subarray(length.endByte, endByte), value: 0, endByte };
    }
    case 5:
      return { bytes: empty, value: 0, endByte: atByte + 4 };
    default:
      throw new Error(damaged);
  }
}

function readVarint(message: Buffer, startByte: number): { value: number; endByte: number } {
  let value = 0;
  for (let index = 0; index < maxVarintBytes; index += 1) {
    const byte = message[startByte + index];
    if (byte === undefined) throw new Error(damaged);
    value += (byte % 128) * 2 ** (7 * index);
    if (byte < 128) return { value, endByte: startByte + index + 1 };
  }
  throw new Error(damaged);
}

/** The content of the first field of that number, as text; empty where there is none. */
export function textOf(fields: readonly WireField[], number: number): string {
  return bytesOf(fields, number).toString('utf8');
}

export function bytesOf(fields: readonly WireField[], number: number): Buffer {
  return fields.find(({ field }) => field === number)?.bytes ?? Buffer.alloc(0);
}

export function valueOf(fields: readonly WireField[], number: number): number | undefined {
  return fields.find(({ field }) => field === number)?.value;
}

/**
 * Looks over what rhea is about to decode. An array of empty values may declare four billion of them
 * in a dozen bytes, and values may be nested without end: rhea would be busy for ever, or overflow.
 * Source: OASIS AMQP 1.0 part 1 (types), read 2026-11-24.
 */

/** Deeper than any client nests, and far from the end of the stack. */
const maxDepth = 64;

/** Beyond one value per byte: small arrays of empty values are legal, if rare. */
const spareValueCount = 1_024;

/** Byte widths of the fixed-width constructors 0x4n to 0x9n. */
const fixedWidths = [0, 1, 2, 4, 8, 16];

/** The bytes of a frame or a message, and how many values they may still hold. */
interface Walk {
  readonly bytes: Buffer;
  leftCount: number;
}

function mustBeShallow(depth: number): void {
  if (depth > maxDepth) throw new RangeError('Values are nested too deep');
}

function sizeAt(bytes: Buffer, position: number, isWide: boolean): number {
  return isWide ? bytes.readUInt32BE(position) : bytes.readUInt8(position);
}

/** Counts rule, as they do for rhea: declared sizes may lie. */
function manyEnd(walk: Walk, start: number, count: number, depth: number): number {
  let position = start;
  for (let left = count; left > 0; left -= 1) position = valueEnd(walk, position, depth);
  return position;
}

function arrayEnd(walk: Walk, start: number, count: number, depth: number): number {
  let constructorAt = start;
  while (walk.bytes.readUInt8(constructorAt) === 0) {
    constructorAt = valueEnd(walk, constructorAt + 1, depth);
  }
  const constructor = walk.bytes.readUInt8(constructorAt);
  let position = constructorAt + 1;
  for (let left = count; left > 0; left -= 1) {
    position = contentEnd(walk, constructor, position, depth);
  }
  return position;
}

function contentEnd(walk: Walk, constructor: number, start: number, depth: number): number {
  mustBeShallow(depth);
  walk.leftCount -= 1;
  if (walk.leftCount < 0) throw new RangeError('More values than the bytes are worth');
  const family = constructor >> 4;
  const fixedWidth = fixedWidths[family - 4];
  if (fixedWidth !== undefined) return start + fixedWidth;
  const isWide = family % 2 === 1;
  const width = isWide ? 4 : 1;
  if (family < 0xc) return start + width + sizeAt(walk.bytes, start, isWide);
  const count = sizeAt(walk.bytes, start + width, isWide);
  const manner = family < 0xe ? manyEnd : arrayEnd;
  return manner(walk, start + 2 * width, count, depth + 1);
}

/** The position just after the value at `start`; throws where it can't be decoded within bounds. */
function valueEnd(walk: Walk, start: number, depth: number): number {
  mustBeShallow(depth);
  const constructor = walk.bytes.readUInt8(start);
  if (constructor !== 0) return contentEnd(walk, constructor, start + 1, depth);
  return valueEnd(walk, valueEnd(walk, start + 1, depth + 1), depth + 1);
}

function walkOver(bytes: Buffer): Walk {
  return { bytes, leftCount: bytes.length + spareValueCount };
}

/** @throws where decoding the message would cost more than its bytes are worth. */
export function checkMessage(bytes: Buffer): void {
  const walk = walkOver(bytes);
  for (let position = 0; position < bytes.length; ) position = valueEnd(walk, position, 0);
}

const headerBytes = 8;
/** `AMQP`: a protocol header, which may also come between frames, behind those of SASL. */
const headerMark = 0x414d5150;

/**
 * The performative of every whole frame; what follows it is checked once its message is whole.
 * @throws where decoding one would cost more than its bytes are worth.
 */
export function checkFrames(bytes: Buffer): void {
  let start = 0;
  while (start + headerBytes <= bytes.length) {
    const sizeOrMark = bytes.readUInt32BE(start);
    const end = start + (sizeOrMark === headerMark ? headerBytes : sizeOrMark);
    // Unfinished, or no frame at all: rhea waits, or says so.
    if (end > bytes.length || end - start < headerBytes) return;
    const body = start + bytes.readUInt8(start + 4) * 4;
    if (sizeOrMark !== headerMark && body < end) {
      valueEnd(walkOver(bytes.subarray(0, end)), body, 0);
    }
    start = end;
  }
}

/**
 * Whether a JPEG or PNG reaches its own end. A cut upload decodes to a half-grey photo and would be
 * paid for; the end marker tells without decoding. Bytes after the end are allowed (phones add them).
 */
import type { AcceptedFormat } from './format.ts';

const jpegEndOfImage = Buffer.from('ffd9', 'hex');
const pngEndChunk = Buffer.from('49454e44ae426082', 'hex');
const startOfScan = 0xda;

export function isComplete(format: AcceptedFormat, bytes: Buffer): boolean {
  switch (format) {
    case 'jpeg':
      return jpegReachesEnd(bytes);
    case 'png':
      return bytes.includes(pngEndChunk);
    case 'gif':
      return bytes.includes(0x3b, 13);
    case 'bmp':
      return bytes.length >= bytes.readUInt32LE(10);
  }
}

/** Searches behind the first scan only: an EXIF thumbnail carries an end marker of its own. */
function jpegReachesEnd(bytes: Buffer): boolean {
  const scanStart = firstScanOffset(bytes);
  return scanStart !== undefined && bytes.includes(jpegEndOfImage, scanStart);
}

function firstScanOffset(bytes: Buffer): number | undefined {
  let offset = 2;
  while (offset + 4 <= bytes.length) {
    if (bytes[offset] !== 0xff) return undefined;
    const marker = bytes[offset + 1];
    if (marker === startOfScan) return offset;
    // 0xff may be repeated as fill before a marker (ITU-T T.81, B.1.1.2).
    offset += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(offset + 2);
  }
  return undefined;
}

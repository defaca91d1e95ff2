/** Photos that must be turned away, made by code so that nobody has to trust a binary file. */
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { RejectionReason } from '../../shared/results/rejection.ts';

/** A plain photo that passes every check; `tone` makes it another one. */
export function goodPhoto(tone = 0.5, widthPx = 320, heightPx = 240): Promise<Buffer> {
  const level = Math.round(tone * 255);
  const background = { r: level, g: 255 - level, b: 128 };
  const create = { width: widthPx, height: heightPx, channels: 3, background } as const;
  return sharp({ create }).jpeg().toBuffer();
}

/** A PNG whose header claims any size; its pixel data is small. */
export function pngClaiming(widthPx: number, heightPx: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  header.set([1, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(Buffer.alloc(64))),
    Buffer.from('0000000049454e44ae426082', 'hex'),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)]);
}

export interface BadPhoto {
  readonly name: string;
  readonly bytes: Buffer;
  readonly reason: RejectionReason;
}

export async function badPhotos(): Promise<BadPhoto[]> {
  const jpeg = await goodPhoto();
  const png = await sharp(jpeg).png().toBuffer();
  const ftyp = (brand: string) => Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\0\0mif1`, 'latin1');
  const bad = (name: string, reason: RejectionReason, bytes: Buffer | string): BadPhoto => ({
    name,
    reason,
    bytes: Buffer.from(bytes),
  });
  return [
    bad('empty.jpg', 'photo-empty', ''),
    bad('one-byte.jpg', 'format-unknown', 'x'),
    bad('page.jpg', 'format-html', '<!DOCTYPE html><html><body>404</body></html>'),
    bad('answer.jpg', 'format-json', '{"error":"not found"}'),
    bad('drawing.jpg', 'format-svg', '<?xml version="1.0"?><svg xmlns="x"></svg>'),
    bad('cut.jpg', 'photo-truncated', jpeg.subarray(0, jpeg.length - 200)),
    bad('cut-header.jpg', 'photo-truncated', jpeg.subarray(0, 12)),
    bad('cut.png', 'photo-truncated', png.subarray(0, png.length - 20)),
    bad('magic.jpg', 'format-unknown', Buffer.concat([Buffer.from('zzzz'), jpeg.subarray(4)])),
    bad('large.jpg', 'photo-too-large', Buffer.concat([jpeg, Buffer.alloc(4 * 1024 * 1024)])),
    bad('dot.png', 'photo-too-small', pngClaiming(1, 1)),
    bad('zero.png', 'photo-header-damaged', pngClaiming(0, 10)),
    bad('wide.png', 'photo-side-too-long', pngClaiming(12_000, 12_000)),
    bad('strip.png', 'photo-ratio-too-extreme', pngClaiming(2_600, 100)),
    bad('bomb.png', 'photo-too-many-pixels', pngClaiming(10_000, 10_000)),
    bad('phone.heic', 'format-heic', ftyp('heic')),
    bad('phone.avif', 'format-avif', ftyp('avif')),
    bad('web.webp', 'format-webp', await sharp(jpeg).webp().toBuffer()),
    bad('scan.tiff', 'format-tiff', await sharp(jpeg).tiff().toBuffer()),
    bad('layers.psd', 'format-psd', '8BPS\0\x01'),
  ];
}

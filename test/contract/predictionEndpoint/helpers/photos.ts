/** Photos and what pretends to be one, made on the spot. */
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';

type Colour = { readonly r: number; readonly g: number; readonly b: number };

export const red: Colour = { r: 255, g: 0, b: 0 };
export const blue: Colour = { r: 0, g: 0, b: 255 };

export function plain(colour: Colour, width = 64, height = 48) {
  return sharp({ create: { width, height, channels: 3, background: colour } });
}

export const redPng = () => plain(red).png().toBuffer();

/** Noise, so that the compressed data fills the file and a cut goes through it. */
export async function noisyJpeg(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const options = { width: 200, height: 200, channels: 3, background: red, noise } as const;
  return sharp({ create: options }).jpeg().toBuffer();
}

/** A PNG that claims its size in a sound header and holds no pixels. */
export function pngHeader(widthPx: number, heightPx: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const pixels = pngChunk('IDAT', deflateSync(Buffer.alloc(0)));
  return Buffer.concat([signature, pngChunk('IHDR', header), pixels, pngChunk('IEND')]);
}

function pngChunk(type: string, content = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, Buffer.from(type), content, Buffer.alloc(4)]);
}

/** 24 bits a pixel, rows from the bottom, each padded to four bytes. */
export function bitmap({ r, g, b }: Colour, widthPx: number, heightPx: number): Buffer {
  const rowBytes = Math.ceil((widthPx * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + rowBytes * heightPx);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(widthPx, 18);
  bytes.writeInt32LE(heightPx, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let row = 0; row < heightPx; row += 1) {
    for (let column = 0; column < widthPx; column += 1) {
      bytes.set([b, g, r], 54 + row * rowBytes + column * 3);
    }
  }
  return bytes;
}

export interface BadPhoto {
  readonly what: string;
  readonly code: string;
  readonly bytes: () => Promise<Buffer> | Buffer;
}

const text = (value: string) => () => Buffer.from(value);

export const badPhotos: readonly BadPhoto[] = [
  { what: 'nothing', code: 'BadRequestImageStream', bytes: () => Buffer.alloc(0) },
  { what: 'one byte', code: 'BadRequestImageFormat', bytes: () => Buffer.from([0xff]) },
  { what: 'a page', code: 'BadRequestImageFormat', bytes: text('<html><body>404</body></html>') },
  { what: 'JSON', code: 'BadRequestImageFormat', bytes: text('{"url":"x"}') },
  {
    what: 'an SVG',
    code: 'BadRequestImageFormat',
    bytes: text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
  },
  {
    what: 'half a JPEG',
    code: 'BadRequestImageFormat',
    bytes: async () => {
      const whole = await noisyJpeg();
      return whole.subarray(0, whole.length / 2);
    },
  },
  {
    what: 'a JPEG under the first bytes of a PNG',
    code: 'BadRequestImageFormat',
    bytes: async () => Buffer.concat([pngHeader(9, 9).subarray(0, 8), await noisyJpeg()]),
  },
  {
    what: 'a PNG without pixels',
    code: 'BadRequestImageFormat',
    bytes: () => pngHeader(300, 300),
  },
  {
    what: 'one byte more than 4 MiB',
    code: 'BadRequestImageSizeBytes',
    bytes: async () => Buffer.concat([await redPng()], 4 * 1024 * 1024 + 1),
  },
  {
    what: 'far more than 4 MiB',
    code: 'BadRequestImageSizeBytes',
    bytes: () => Buffer.alloc(9_000_000, 0xff),
  },
  {
    what: 'a side of 12,000 pixels',
    code: 'BadRequestImageDimensions',
    bytes: () => pngHeader(12_000, 800),
  },
  { what: 'sides of 30 to 1', code: 'BadRequestImageDimensions', bytes: () => pngHeader(600, 20) },
  { what: 'no width', code: 'BadRequestImageDimensions', bytes: () => pngHeader(0, 20) },
  {
    what: 'a WebP',
    code: 'BadRequestImageFormat',
    bytes: () => plain(red).webp().toBuffer(),
  },
  {
    what: 'a TIFF',
    code: 'BadRequestImageFormat',
    bytes: () => plain(red).tiff().toBuffer(),
  },
];

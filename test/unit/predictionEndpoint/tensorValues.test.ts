import { describe, expect, it } from 'vitest';
import { readBitmap } from '../../../local/predictionEndpoint/model/bitmap.ts';
import { tensorValues } from '../../../local/predictionEndpoint/model/pixels.ts';

const twoPixels = Uint8Array.of(10, 20, 30, 110, 120, 255);
const nchw = { layout: 'nchw', widthPx: 2, heightPx: 1 } as const;
const nhwc = { ...nchw, layout: 'nhwc' } as const;

describe('the numbers for a network', () => {
  it.each([
    ['planes, blue first', nchw, 'bgr', [30, 255, 20, 120, 10, 110]],
    ['planes, red first', nchw, 'rgb', [10, 110, 20, 120, 30, 255]],
    ['pixels, blue first', nhwc, 'bgr', [30, 20, 10, 255, 120, 110]],
    ['pixels, red first', nhwc, 'rgb', [10, 20, 30, 110, 120, 255]],
  ] as const)('come as %s', (_, shape, channelOrder, values) => {
    const settings = { channelOrder, pixelRange: '0..255' } as const;

    expect([...tensorValues(twoPixels, shape, settings)]).toEqual(values);
  });

  it('come as fractions where the export asks for them', () => {
    const settings = { channelOrder: 'rgb', pixelRange: '0..1' } as const;

    expect(tensorValues(twoPixels, nchw, settings)[5]).toBe(1);
  });
});

/** 2 x 2 pixels: red and green above, blue and grey below. */
function bitmap(bitsPerPixel: 24 | 32, rows: 'upwards' | 'downwards'): Buffer {
  const fill = bitsPerPixel === 32 ? [9] : [];
  const padding = bitsPerPixel === 24 ? [0, 0] : [];
  const upper = [0, 0, 255, ...fill, 0, 255, 0, ...fill, ...padding];
  const lower = [255, 0, 0, ...fill, 77, 77, 77, ...fill, ...padding];
  const pixels = rows === 'upwards' ? [...lower, ...upper] : [...upper, ...lower];
  const header = Buffer.alloc(54);
  header.write('BM');
  header.writeUInt32LE(54, 10);
  header.writeInt32LE(2, 18);
  header.writeInt32LE(rows === 'upwards' ? 2 : -2, 22);
  header.writeUInt16LE(bitsPerPixel, 28);
  return Buffer.concat([header, Buffer.from(pixels)]);
}

describe('a bitmap', () => {
  it.each([
    [24, 'upwards'],
    [24, 'downwards'],
    [32, 'upwards'],
    [32, 'downwards'],
  ] as const)('of %i bits with rows %s is read from the top, red first', (bits, rows) => {
    const rgb = Buffer.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 77, 77, 77]);

    expect(readBitmap(bitmap(bits, rows), 100)).toEqual({ rgb, widthPx: 2, heightPx: 2 });
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['is shorter than it claims', (bytes) => bytes.subarray(0, -1)],
    ['ends in its header', (bytes) => bytes.subarray(0, 30)],
    ['has a palette', (bytes) => written(bytes, 28, 8)],
    ['is compressed', (bytes) => written(bytes, 30, 1)],
    ['has no width', (bytes) => written(bytes, 18, 0)],
    ['is larger than may be decoded', (bytes) => written(bytes, 18, 51)],
  ])('is refused when it %s', (_, change) => {
    expect(readBitmap(change(bitmap(24, 'upwards')), 100)).toBeUndefined();
  });
});

function written(bytes: Buffer, offset: number, value: number): Buffer {
  bytes.writeUInt16LE(value, offset);
  return bytes;
}

/** From a photo's bytes to the numbers a network wants. Strict: damage is refused, never repaired. */
import sharp, { type Sharp } from 'sharp';
import { type ImageFormat, maxPixelCount } from '../rules/imageLimits.ts';
import { readBitmap } from './bitmap.ts';
import type { Fit, PixelSettings } from './pixelSettings.ts';

// One photo at a time on one thread; libvips' own threads and cache would only add memory.
sharp.concurrency(1);
sharp.cache(false);

export interface InputShape {
  readonly layout: 'nchw' | 'nhwc';
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface Frame {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fit?: Fit;
}

/** @throws whatever the decoder says of damaged bytes; its texts vary, so don't switch on them. */
export async function rgbPixels(
  bytes: Uint8Array,
  format: ImageFormat,
  { widthPx, heightPx, fit = 'fill' }: Frame,
): Promise<Uint8Array> {
  const { data, info } = await decoder(bytes, format)
    .autoOrient()
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .resize(widthPx, heightPx, { fit })
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`${info.channels} channels after decoding`);
  return data;
}

function decoder(bytes: Uint8Array, format: ImageFormat): Sharp {
  const strict = { failOn: 'error', limitInputPixels: maxPixelCount } as const;
  if (format !== 'bmp') return sharp(bytes, { ...strict, pages: 1 });
  const bitmap = readBitmap(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
    maxPixelCount,
  );
  if (!bitmap) throw new Error('not a bitmap this endpoint reads');
  const { rgb, widthPx, heightPx } = bitmap;
  return sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } });
}

/** @param rgb - interleaved, as many pixels as the shape says. */
export function tensorValues(
  rgb: Uint8Array,
  { layout }: InputShape,
  { channelOrder, pixelRange }: Pick<PixelSettings, 'channelOrder' | 'pixelRange'>,
): Float32Array {
  const pixelCount = rgb.length / 3;
  const scale = pixelRange === '0..1' ? 1 / 255 : 1;
  const [pixelStep, channelStep] = layout === 'nchw' ? [1, pixelCount] : [3, 1];
  const values = new Float32Array(rgb.length);
  for (let channel = 0; channel < 3; channel += 1) {
    const target = channelStep * (channelOrder === 'bgr' ? 2 - channel : channel);
    for (let pixel = 0; pixel < pixelCount; pixel += 1) {
      values[target + pixel * pixelStep] = (rgb[pixel * 3 + channel] ?? 0) * scale;
    }
  }
  return values;
}

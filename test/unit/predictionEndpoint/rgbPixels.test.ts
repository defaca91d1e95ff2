import sharp, { type Sharp } from 'sharp';
import { expect, it } from 'vitest';
import { rgbPixels } from '../../../local/predictionEndpoint/model/pixels.ts';

const shape = { layout: 'nchw', widthPx: 2, heightPx: 1 } as const;
const red = [255, 0, 0];
const blue = [0, 0, 255];

/** Red above, blue below, 8 pixels each way. */
function twoColours(): Sharp {
  const half = 8 * 4;
  const rgb = Buffer.from(
    [
      ...Array.from({ length: half }, () => red),
      ...Array.from({ length: half }, () => blue),
    ].flat(),
  );
  return sharp(rgb, { raw: { width: 8, height: 8, channels: 3 } });
}

it('turns a photo upright before it is scored', async () => {
  // Orientation 8: what was stored as its top is the left side of the photo.
  const lying = await twoColours().withMetadata({ orientation: 8 }).png().toBuffer();

  const rgb = await rgbPixels(lying, 'png', shape);

  // The resize blurs the edge between the two a little.
  expect([...rgb].map((value) => (value > 200 ? 255 : 0))).toEqual([...red, ...blue]);
});

it('makes one colour of three channels from a grey photo of sixteen bits', async () => {
  const grey = await twoColours().toColourspace('grey16').png().toBuffer();

  expect(await rgbPixels(grey, 'png', shape)).toHaveLength(6);
});

it('throws at a photo of more pixels than it may decode', async () => {
  const create = { width: 5_001, height: 5_000, channels: 3, background: '#000' } as const;
  const large = await sharp({ create, limitInputPixels: false }).png().toBuffer();

  await expect(rgbPixels(large, 'png', shape)).rejects.toThrow('pixel limit');
});

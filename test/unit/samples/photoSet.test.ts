import { imageSize } from 'image-size';
import { expect, it } from 'vitest';
import { demoPhotos, leastSeverity, samplePhoto } from '../../../local/samples/photoSet.ts';
import { tags } from '../../../local/samples/tags.ts';

const sizePx = 64;

async function demo(count: number, seed = 0) {
  return Array.fromAsync(demoPhotos({ count, seed, sizePx }));
}

it('takes the same JPEG for the same seed', async () => {
  const first = await samplePhoto({ seed: 5, sizePx });
  const again = await samplePhoto({ seed: 5, sizePx });

  expect(again).toEqual(first);
  expect(imageSize(first.jpeg)).toMatchObject({ type: 'jpg', width: sizePx, height: sizePx });
});

it('shows every tag equally often', async () => {
  const photos = await demo(24);

  const counts = tags.map((tag) => photos.filter((photo) => photo.tag === tag).length);

  expect(counts).toEqual([4, 4, 4, 4, 4, 4]);
});

it('makes no defect too faint to be seen, and none where the tag says there is none', async () => {
  const photos = await demo(30);

  const severities = photos.map(({ tag, severity }) => ({
    hasDefect: severity > 0,
    tag,
    severity,
  }));

  for (const { hasDefect, tag, severity } of severities) {
    expect(hasDefect).toBe(tag !== 'ok' && tag !== 'Negative');
    expect(severity === 0 || (severity >= leastSeverity && severity <= 1)).toBe(true);
  }
});

it('draws a size from the seed where none is asked for', async () => {
  const photo = await samplePhoto({ seed: 1 });

  expect([256, 320, 384, 512]).toContain(imageSize(photo.jpeg).width);
});

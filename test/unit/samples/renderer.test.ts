import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { renderNegative } from '../../../local/samples/render/renderNegative.ts';
import { type PartOptions, renderPart } from '../../../local/samples/render/renderPart.ts';
import type { PartTag } from '../../../local/samples/tags.ts';

const defects: readonly PartTag[] = ['flash', 'scratch', 'short_shot', 'speck'];

function part(options: Partial<PartOptions> = {}) {
  return renderPart({
    seed: 42,
    tag: 'ok',
    severity: 0,
    driftRatio: 0,
    sizePx: 96,
    ...options,
  });
}

function digest(rgb: Uint8Array): string {
  return createHash('sha256').update(rgb).digest('hex');
}

function mean(values: Uint8Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function changedCount(left: Uint8Array, right: Uint8Array): number {
  return left.filter((value, index) => value !== right[index]).length;
}

it('renders the same bytes for the same seed and others for another', () => {
  const first = part({ tag: 'scratch', severity: 1 });
  const again = part({ tag: 'scratch', severity: 1 });
  const other = part({ tag: 'scratch', severity: 1, seed: 43 });

  expect(digest(again.rgb)).toBe(digest(first.rgb));
  expect(digest(other.rgb)).not.toBe(digest(first.rgb));
});

it('renders three bytes for every pixel', () => {
  const { rgb, widthPx, heightPx } = part();

  expect([widthPx, heightPx, rgb.length]).toEqual([96, 96, 96 * 96 * 3]);
});

it.each(defects)('changes fewer pixels for a faint %s than for a plain one', (tag) => {
  const none = part({ tag, severity: 0 });
  const faint = part({ tag, severity: 0.3 });
  const plain = part({ tag, severity: 1 });

  const faintCount = changedCount(none.rgb, faint.rgb);

  expect(faintCount).toBeGreaterThan(0);
  expect(changedCount(none.rgb, plain.rgb)).toBeGreaterThan(faintCount);
});

it.each(defects)('marks in the mask where the pixels of a %s changed most', (tag) => {
  const { defectMask } = part({ tag, severity: 1, sizePx: 224 });

  expect(Math.max(...defectMask)).toBeGreaterThan(24);
  expect(defectMask.filter((cover) => cover > 0).length).toBeLessThan(28 * 28 * 0.3);
});

it('leaves the mask of a part in order empty', () => {
  expect(Math.max(...part().defectMask)).toBe(0);
});

it('grows darker and warmer as the drift dial is turned up', () => {
  const steps = [0, 0.3, 0.6].map((driftRatio) => part({ driftRatio }).rgb);

  const levels = steps.map(mean);
  const warmths = steps.map((rgb) => channelMean(rgb, 0) / channelMean(rgb, 2));

  expect(levels).toEqual(levels.toSorted((a, b) => b - a));
  expect(levels[2]).toBeLessThan((levels[0] ?? 0) * 0.75);
  expect(warmths).toEqual(warmths.toSorted((a, b) => a - b));
});

it('renders Negative photos as reproducibly as parts', () => {
  const options = { driftRatio: 0, sizePx: 64, bodies: 'all' } as const;

  const digests = Array.from({ length: 12 }, (_, seed) =>
    [1, 2].map(() => digest(renderNegative({ ...options, seed }).rgb)),
  );

  expect(digests.every(([first, again]) => first === again)).toBe(true);
  expect(new Set(digests.flat()).size).toBe(12);
});

function channelMean(rgb: Uint8Array, channel: number): number {
  return mean(rgb.filter((_, index) => index % 3 === channel));
}

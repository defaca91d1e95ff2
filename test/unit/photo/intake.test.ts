import { expect, it } from 'vitest';
import { readSize } from '../../../shared/adapters/imageHeader/readSize.ts';
import { isComplete } from '../../../shared/photo/completeness.ts';
import { checkIntake } from '../../../shared/photo/intake.ts';
import { badPhotos, goodPhoto, pngClaiming } from '../../helpers/badPhotos.ts';

const cases = await badPhotos();

it.each(cases)('turns $name away as $reason', ({ bytes, reason }) => {
  expect(checkIntake(bytes, readSize)).toEqual({ kind: 'unfit', reason });
});

it('accepts a photo and says format and size', async () => {
  const verdict = checkIntake(await goodPhoto(0.5, 320, 240), readSize);

  const size = { widthPx: 320, heightPx: 240 };
  expect(verdict).toMatchObject({ kind: 'fit', format: 'jpeg', size });
});

it('accepts bytes behind the end of a JPEG, which phones add', async () => {
  const withTail = Buffer.concat([await goodPhoto(), Buffer.alloc(500, 7)]);

  expect(checkIntake(withTail, readSize).kind).toBe('fit');
});

it('does not take the end of a thumbnail for the end of the photo', async () => {
  const jpeg = await goodPhoto();
  const thumbnail = Buffer.from('ffe1000affd8ffd900000000', 'hex');
  const cut = Buffer.concat([jpeg.subarray(0, 2), thumbnail, jpeg.subarray(2, -200)]);

  expect(checkIntake(cut, readSize)).toEqual({ kind: 'unfit', reason: 'photo-truncated' });
});

it('accepts fill bytes before a marker, which the standard allows', async () => {
  const complete = await goodPhoto();
  const filled = Buffer.concat([
    complete.subarray(0, 2),
    Buffer.from('ffff', 'hex'),
    complete.subarray(2),
  ]);

  expect(isComplete('jpeg', filled)).toBe(true);
});

it.each([
  [10_240, 4_000, 'fit'],
  [10_241, 4_000, 'photo-side-too-long'],
  [2_500, 100, 'fit'],
  [2_501, 100, 'photo-ratio-too-extreme'],
  [16, 16, 'fit'],
  [15, 16, 'photo-too-small'],
  [10_000, 5_000, 'fit'],
  [10_000, 5_001, 'photo-too-many-pixels'],
])('judges %i x %i pixels: %s', (widthPx, heightPx, expected) => {
  const verdict = checkIntake(pngClaiming(widthPx, heightPx), readSize);

  expect(verdict.kind === 'fit' ? 'fit' : verdict.reason).toBe(expected);
});

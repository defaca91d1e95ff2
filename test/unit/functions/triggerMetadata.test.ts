import { expect, it } from 'vitest';
import { blobPath, captureMetadata, utcMs, valueOf } from '../../../functions/triggerMetadata.ts';

it.each([
  [
    [7, 8],
    ['7', '8'],
  ],
  [
    ['7', '9007199254740993'],
    ['7', '9007199254740993'],
  ],
  [
    [
      { low: -1, high: 0, unsigned: false },
      { low: 1, high: 1 },
    ],
    ['4294967295', '4294967297'],
  ],
])('reads sequence numbers in the dialect %j', (sequenceNumberArray, expected) => {
  expect(captureMetadata({ sequenceNumberArray }).sequenceNumberArray).toEqual(expected);
});

it('reads metadata that is missing or of another shape as empty', () => {
  const empty = captureMetadata(undefined);

  expect(empty.sequenceNumberArray).toEqual([]);
  expect(captureMetadata({ sequenceNumberArray: 'x', propertiesArray: 3 })).toEqual(empty);
});

it('reads the host’s times as UTC although they do not say so', () => {
  const expectedMs = Date.parse('2026-11-23T19:32:22.475Z');

  expect(utcMs('2026-11-23T19:32:22.475')).toBe(expectedMs);
  expect(utcMs('2026-11-23T19:32:22.475Z')).toBe(expectedMs);
  expect(utcMs('2026-11-23T20:32:22.475+01:00')).toBe(expectedMs);
  expect(utcMs('yesterday')).toBeUndefined();
});

it('finds a value whose key lost its capital', () => {
  expect(valueOf({ 'content-Type': 'image/png' }, 'Content-Type')).toBe('image/png');
});

it.each([
  ['photos/2026/a.jpg', { container: 'photos', blobName: '2026/a.jpg' }],
  ['photos/1e5', { container: 'photos', blobName: '1e5' }],
  ['photos', undefined],
  ['/x', undefined],
  [7, undefined],
])('takes container and name from the trigger path %j', (blobTrigger, expected) => {
  expect(blobPath({ blobTrigger })).toEqual(expected);
});

import { expect, it } from 'vitest';
import { blobNameProblem } from '../../../shared/photo/blobName.ts';

it.each([
  ['', 'name-empty'],
  ['x'.repeat(1_025), 'name-too-long'],
  ['a\u0000b', 'name-control-character'],
  ['a\nb', 'name-control-character'],
  ['../secrets/x.jpg', 'name-dot-segment'],
  ['a/./b.jpg', 'name-dot-segment'],
  ['a\\..\\b.jpg', 'name-dot-segment'],
  ['bad\ud800', 'name-not-unicode'],
])('refuses the name %j as %s', (blobName, problem) => {
  expect(blobNameProblem(blobName)).toBe(problem);
});

it.each([
  'a.jpg',
  '1e5',
  'true',
  '{"a":1}',
  'a%2fb.jpg',
  '..a/b..jpg',
  'Überprüfung/照片.jpg',
  'x'.repeat(1_024),
])('accepts the name %j', (blobName) => {
  expect(blobNameProblem(blobName)).toBeUndefined();
});

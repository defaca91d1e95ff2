import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isClean, sanitiser } from '../../shared/redact.ts';

const pieces = [
  'sig=',
  'sig%3D',
  'AccountKey=',
  'authorization',
  ': ',
  'Bearer ',
  '"',
  '\\',
  ',',
  ';',
  '&',
  '=',
  '[',
  ']',
  '[redacted]',
  'eyJabcdef.',
  'a@b.co',
  '%40',
  '://u:',
  '@',
  '?code=',
  'lat=',
  '12.34567',
  '-',
  '°',
  'N',
  'coordinates',
  'cookie',
  ' ',
  'x',
  '1',
  '.',
  'sharedkey a:',
  'geo:',
  'topsecret',
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), { maxLength: 30 })
  .map((parts) => parts.join(''));
const sanitise = sanitiser(['topsecret-value']);

it('masks what is masked already no second time', () => {
  fc.assert(
    fc.property(text, (dirty) => {
      const once = sanitise(dirty);
      expect(sanitise(once)).toBe(once);
    }),
    { numRuns: 2_000 },
  );
});

it('finds in a text alone what it finds where every rule is gone through', () => {
  fc.assert(
    fc.property(text, (dirty) => {
      // What stands before it is inert, and keeps the text from being passed over at a glance.
      expect(sanitise(`°\n\n${dirty}`)).toBe(`°\n\n${sanitise(dirty)}`);
    }),
    { numRuns: 2_000 },
  );
});

it('takes a record for clean where each of its texts is, and for nothing else', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
      const { 0: first = '', ...others } = texts;

      if (!isClean([{ first, list: Object.values(others) }], sanitise)) return;

      expect(texts.map(sanitise)).toEqual(texts);
    }),
    { numRuns: 2_000 },
  );
});

it('hides a known secret wherever it stands', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      expect(sanitise(`${before}topsecret-value${after}`)).not.toContain('topsecret-value');
    }),
  );
});

/** A regular expression that looks back would take hours; one second is for a loaded machine. */
const longestMs = 10_000;

it.each([
  'sig=',
  'eyJ-',
  'eyJaaaaaa.',
  'a@',
  'a.',
  'a%40a',
  'authorization:',
  '://a:',
  '1.12345, ',
  'A',
  '"\\',
  '12°',
])('takes no longer than a text is long: a megabyte of %s', (piece) => {
  const hostile = piece.repeat(1_000_000 / piece.length);
  const startMs = performance.now();

  const safe = sanitise(hostile);

  expect(performance.now() - startMs).toBeLessThan(longestMs);
  expect(safe.length).toBeLessThan(3 * hostile.length);
});

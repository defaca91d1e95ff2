import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readTraceparent,
  rootTraceparent,
  writeTraceparent,
} from '../../../shared/telemetry/traceparent.ts';

const example = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('a trace context', () => {
  it('is read from the notation of the W3C', () => {
    expect(readTraceparent(example)).toEqual({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      isSampled: true,
    });
    expect(readTraceparent(` ${example.toUpperCase().replace(/01$/, '00')} `)?.isSampled).toBe(
      false,
    );
  });

  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['a number', 7],
    ['a trace id of zeros', example.replace(/-4[\da-f]+-/, `-${'0'.repeat(32)}-`)],
    ['a span id of zeros', example.replace('00f067aa0ba902b7', '0'.repeat(16))],
    ['the forbidden version', example.replace(/^00/, 'ff')],
    ['one digit too few', example.replace('4bf9', '4bf')],
    ['an attack', `${example}\r\nX-Evil: 1`],
  ])('is not read from %s', (_what, text) => {
    expect(readTraceparent(text)).toBeUndefined();
  });

  it('reads what it wrote', () => {
    const read = readTraceparent(example);

    expect(read && writeTraceparent(read)).toBe(example);
  });
});

describe('the root of a trace', () => {
  it('follows from its subject alone', () => {
    expect(rootTraceparent('acme/photos/a.jpg', 1)).toBe(rootTraceparent('acme/photos/a.jpg', 1));
    expect(rootTraceparent('acme/photos/a.jpg', 1)).not.toBe(
      rootTraceparent('acme/photos/b.jpg', 1),
    );
  });

  it('keeps about the asked share of all subjects, and each at every larger share as well', () => {
    const isKept = (subject: string, ratio: number) =>
      readTraceparent(rootTraceparent(subject, ratio))?.isSampled === true;
    const subjects = Array.from({ length: 2_000 }, (_, index) => `acme/photos/${index}.jpg`);
    const tenth = subjects.filter((subject) => isKept(subject, 0.1));

    expect(tenth.length).toBeGreaterThan(150);
    expect(tenth.length).toBeLessThan(250);
    expect(tenth.every((subject) => isKept(subject, 0.5))).toBe(true);
    expect(subjects.some((subject) => isKept(subject, 0))).toBe(false);
    expect(subjects.every((subject) => isKept(subject, 1))).toBe(true);
  });

  it('is a readable trace context, whatever the subject', () => {
    fc.assert(
      fc.property(fc.string(), (subject) => {
        expect(readTraceparent(rootTraceparent(subject, 0.5))).toBeDefined();
      }),
    );
  });
});

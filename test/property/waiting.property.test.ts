import fc from 'fast-check';
import { expect, it } from 'vitest';
import { retryAfterMs } from '../../shared/adapters/predictionWire/retryAfter.ts';
import { deferredMessageSchema, toMessages } from '../../shared/deferral/deferredPhoto.ts';
import { deferralDelayMs, maxDelayMs } from '../../shared/deferral/delay.ts';
import { photoRef, uploadOf } from '../helpers/pipeline.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

it('waits at least as long as told and at most as long as a queue can', () => {
  const hint = fc.option(fc.integer({ min: 0, max: 2 * maxDelayMs }), { nil: undefined });
  fc.assert(
    fc.property(hint, fc.integer({ min: 1, max: 200 }), random, (hintMs, count, drawn) => {
      const failure = { class: 'throttled', retryAfterMs: hintMs, code: 'x', detail: 'x' } as const;
      const delayMs = deferralDelayMs(failure, count, () => drawn);

      expect(delayMs).toBeGreaterThanOrEqual(Math.min(hintMs ?? 0, maxDelayMs));
      expect(delayMs).toBeLessThanOrEqual(maxDelayMs);
    }),
  );
});

it('reads any hint as nothing or as a wait within bounds', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (header, message) => {
      const hintMs = retryAfterMs(header, message, 0) ?? 0;

      expect(hintMs).toBeGreaterThanOrEqual(0);
      expect(hintMs).toBeLessThanOrEqual(maxDelayMs);
    }),
  );
});

it('brings every parked photo back as it was, in messages that fit', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 150 }), (blobNames) => {
      const photos = blobNames.map((blobName) =>
        uploadOf({ ...photoRef, blobName }, { deferralCount: 1 }),
      );
      const messages = toMessages(photos, []);

      expect(
        messages.flatMap((text) => deferredMessageSchema.parse(JSON.parse(text)).photos),
      ).toEqual(photos);
      for (const text of messages) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(48 * 1024);
    }),
    { numRuns: 30 },
  );
});

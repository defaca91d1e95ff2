import { expect, it } from 'vitest';
import { deferredMessageSchema, toMessages } from '../../../shared/deferral/deferredPhoto.ts';
import { deferralDelayMs } from '../../../shared/deferral/delay.ts';
import type { WaitingFailure } from '../../../shared/prediction/failure.ts';
import { photoRef, uploadOf } from '../../helpers/pipeline.ts';

const seen = { code: 'x', detail: 'x' };
const throttled: WaitingFailure = { class: 'throttled', retryAfterMs: 2_000, ...seen };

it.each([
  [1, 0, 2_000],
  [1, 0.5, 2_500],
  [2, 0.5, 3_000],
  [3, 0.5, 4_000],
  [20, 0.5, 32_000],
])('adds to the hint a jitter that doubles: parking %i, random %d → %i ms', (count, random, ms) => {
  expect(deferralDelayMs(throttled, count, () => random)).toBe(ms);
});

it('waits for the end of another delivery and a moment, however often it met one', () => {
  const held = { class: 'inFlight', code: 'CLAIM_HELD', detail: 'x', retryAfterMs: 3_000 } as const;

  expect(deferralDelayMs(held, 1, () => 0.5)).toBe(4_000);
  expect(deferralDelayMs(held, 9, () => 0.5)).toBe(4_000);
});

it('waits an hour for a spent month without a hint, and as told with one', () => {
  const exhausted: WaitingFailure = { class: 'quotaExhausted', ...seen };

  expect(deferralDelayMs(exhausted, 1, () => 0.9)).toBe(3_600_000);
  expect(deferralDelayMs({ ...exhausted, retryAfterMs: 5_000 }, 1, () => 0.9)).toBe(5_000);
});

it('never waits longer than a queue message can', () => {
  const patient: WaitingFailure = { class: 'throttled', retryAfterMs: 10 ** 12, ...seen };

  expect(deferralDelayMs(patient, 1, () => 0)).toBe(7 * 24 * 3_600_000);
});

it('splits a long list so that each message fits into the queue, and loses none', () => {
  const photos = Array.from({ length: 100 }, (_, index) =>
    uploadOf({ ...photoRef, blobName: `${index}/${'x'.repeat(1_000)}` }, { deferralCount: 1 }),
  );

  const messages = toMessages(photos, ['HTTP_429']);

  const sizes = messages.map((text) => Buffer.byteLength(text));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(48 * 1024);
  const parked = messages.flatMap((text) => deferredMessageSchema.parse(JSON.parse(text)).photos);
  expect(parked).toEqual(photos);
});

it('names no field like one of the queue, which the host would mix up', () => {
  const [text = ''] = toMessages([uploadOf(photoRef, { deferralCount: 1 })], []);

  const reserved = ['id', 'dequeueCount', 'popReceipt', 'insertionTime', 'expirationTime'];
  expect(Object.keys(JSON.parse(text))).toEqual(expect.not.arrayContaining(reserved));
});

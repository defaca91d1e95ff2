import { describe, expect, it } from 'vitest';
import { classifyError } from '../../../shared/adapters/predictionWire/classifyError.ts';
import { retryAfterMs } from '../../../shared/adapters/predictionWire/retryAfter.ts';

function classified(httpStatus: number, body: unknown, headers: Record<string, string> = {}) {
  const bodyText = typeof body === 'string' ? body : JSON.stringify(body);
  return classifyError({ httpStatus, bodyText, header: (name) => headers[name], nowMs: 0 });
}

const service = (code: string) => ({ code, message: 'x' });
const gateway = (code: string, message = 'x') => ({ error: { code, message } });

it.each([
  [429, gateway('429'), 'throttled', 'HTTP_429'],
  [500, service('ErrorUnknown'), 'transient', 'ErrorUnknown'],
  [503, '<html>busy</html>', 'transient', 'HTTP_503'],
  [408, '', 'transient', 'HTTP_408'],
  [
    403,
    gateway('403', 'Out of call volume quota. … in 22.14:18:12.'),
    'quotaExhausted',
    'HTTP_403',
  ],
  [400, service('BadRequestExceededQuota'), 'quotaExhausted', 'BadRequestExceededQuota'],
  [401, gateway('401'), 'misconfigured', 'HTTP_401'],
  [403, service('ForbiddenUser'), 'misconfigured', 'ForbiddenUser'],
  [403, service('ForbiddenDRModeEnabled'), 'transient', 'ForbiddenDRModeEnabled'],
  [404, service('NotFoundIteration'), 'misconfigured', 'NotFoundIteration'],
  [404, { Code: 'NotFoundProject', Message: 'x' }, 'misconfigured', 'NotFoundProject'],
  [
    400,
    service('BadRequestIterationNotPublished'),
    'misconfigured',
    'BadRequestIterationNotPublished',
  ],
  [400, gateway('BadRequest', 'give a key'), 'misconfigured', 'BadRequest'],
  [400, service('BadRequestImageFormat'), 'unfit', 'BadRequestImageFormat'],
  [400, service('BadRequestImageUrl'), 'misconfigured', 'BadRequestImageUrl'],
  [413, '', 'unfit', 'HTTP_413'],
  [415, service('UnsupportedMediaType'), 'unfit', 'UnsupportedMediaType'],
])('classifies %i %j as %s', (httpStatus, body, failureClass, code) => {
  expect(classified(httpStatus, body)).toMatchObject({ class: failureClass, code, httpStatus });
});

it.each([
  ['BadRequestImageSizeBytes', 'photo-too-large'],
  ['BadRequestImageDimensions', 'photo-side-too-long'],
  ['BadRequestImageStream', 'prediction-refused'],
])('turns %s into the public reason %s', (code, reason) => {
  expect(classified(400, service(code))).toMatchObject({ class: 'unfit', reason });
});

it('keeps the request id, which support asks for', () => {
  const failure = classified(500, '', { 'apim-request-id': 'r-1' });

  expect(failure.requestId).toBe('r-1');
});

it('takes the wait from the text where the header is missing', () => {
  const failure = classified(429, gateway('429', '… Please retry after 3 seconds. …'));

  expect(failure).toMatchObject({ retryAfterMs: 3_000 });
});

describe('the hint to wait', () => {
  const nowMs = Date.parse('2026-11-24T10:00:00Z');

  it.each([
    ['2', '', 2_000],
    ['0.5', '', 500],
    ['Tue, 24 Nov 2026 10:00:07 GMT', '', 7_000],
    ['Tue, 24 Nov 2026 09:00:00 GMT', '', 0],
    ['2', 'retry after 9 seconds', 2_000],
    [undefined, 'retry after 1 second', 1_000],
    [undefined, 'replenished in 2.14:18:12.', 224_292_000],
    [undefined, 'replenished in 22.14:18:12.', 604_800_000],
    ['soon', 'later', undefined],
    ['', '', undefined],
  ])('reads %j with the text %j as %j ms', (header, message, expectedMs) => {
    expect(retryAfterMs(header, message, nowMs)).toBe(expectedMs);
  });
});

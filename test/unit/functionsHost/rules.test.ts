import { describe, expect, it } from 'vitest';
import {
  bodyMetadata,
  int64,
  offsetTime,
  rewriteInstants,
  unzonedTime,
} from '../../../local/functionsHost/app/typedData.ts';
import { parseHostJson } from '../../../local/functionsHost/hostJson.ts';
import { timeSpanMs } from '../../../local/functionsHost/hostJsonValues.ts';
import { retryDelayMs, runWithRetries } from '../../../local/functionsHost/retry.ts';
import { connectionOf, resolveNames } from '../../../local/functionsHost/settings.ts';
import { blobPattern } from '../../../local/functionsHost/triggers/blob/blobPattern.ts';
import { parseSchedule } from '../../../local/functionsHost/triggers/timer/schedule.ts';

describe('typed data', () => {
  it('splits wide integers as the worker’s protocol library does', () => {
    expect(int64(2 ** 32 + 5, 'long')).toStrictEqual({ low: 5, high: 1, unsigned: false });
    expect(int64(2 ** 31, 'long')).toStrictEqual({ low: -(2 ** 31), high: 0, unsigned: false });
    expect(int64(7, 'number')).toBe(7);
    expect(int64(7, 'string')).toBe('7');
  });

  it('writes times with no trailing zeros in the fraction', () => {
    expect(unzonedTime(new Date('2026-11-23T10:00:00.120Z'))).toBe('2026-11-23T10:00:00.12');
    expect(offsetTime(new Date('2026-11-23T10:00:00.000Z'))).toBe('2026-11-23T10:00:00+00:00');
  });

  it('makes text of body fields and leaves out what has none', () => {
    expect(bodyMetadata('{"a":"x","b":false,"c":1.5,"d":null,"e":[1],"f":{"g":1}}')).toStrictEqual({
      a: { string: 'x' },
      b: { string: 'False' },
      c: { string: '1.5' },
      f: { json: '{"g":1}' },
    });
    expect(bodyMetadata('[1]')).toStrictEqual({});
    expect(bodyMetadata('plain')).toStrictEqual({});
  });

  it.each([
    ['2026-11-23T12:00:00+02:00', '2026-11-23T10:00:00Z'],
    ['2026-11-23T10:00:00.1234500Z', '2026-11-23T10:00:00.12345Z'],
    ['2026-11-23', '2026-11-23'],
    ['at 2026-11-23T10:00:00Z', 'at 2026-11-23T10:00:00Z'],
  ])('rewrites the text %s inside JSON as %s', (given, expected) => {
    expect(rewriteInstants(JSON.stringify([given]))).toStrictEqual([expected]);
  });
});

describe('host.json', () => {
  it.each([
    ['00:00:02', 2_000],
    ['1.01:00:00', 90_000_000],
    ['00:00:00.25', 250],
    ['-1', Number.POSITIVE_INFINITY],
    ['2s', undefined],
  ])('reads the time span %s as %s ms', (text, expected) => {
    expect(timeSpanMs(text)).toBe(expected);
  });

  it('fills in the real host’s defaults', () => {
    expect(parseHostJson({ version: '2.0' })).toMatchObject({
      functionTimeout: 1_800_000,
      extensions: {
        http: { routePrefix: 'api' },
        eventHubs: { maxEventBatchSize: 100 },
        queues: { batchSize: 16, maxDequeueCount: 5 },
        blobs: { poisonBlobThreshold: 5 },
      },
    });
  });
});

describe('settings', () => {
  it('finds a connection under its name or with the AzureWebJobs prefix', () => {
    expect(connectionOf({ Photos: 'a', AzureWebJobsPhotos: 'b' }, 'Photos')).toBe('a');
    expect(connectionOf({ AzureWebJobsPhotos: 'b' }, 'Photos')).toBe('b');
    expect(() => connectionOf({ Photos: '' }, 'Photos')).toThrow('"Photos" is missing');
  });

  it('says of a connection by identity what this host takes', () => {
    const settings = { Hubs__fullyQualifiedNamespace: 'ns.servicebus.windows.net' };

    expect(() => connectionOf(settings, 'Hubs')).toThrow(
      'goes by an identity (Hubs__…): the local host takes connection strings only',
    );
    expect(() => connectionOf(settings, 'Hub')).toThrow('"Hub" is missing');
  });

  it('resolves names between percent signs and names the one that is missing', () => {
    expect(resolveNames('%A%-%B%', { A: '1', B: '2' })).toBe('1-2');
    expect(() => resolveNames('%A%', {})).toThrow('"A"');
  });
});

describe('blob path', () => {
  it('takes parameters from a name that fits, slashes included, and none from others', () => {
    const pattern = blobPattern('photos/{site}/{name}.jpg');

    expect(pattern.container).toBe('photos');
    expect(pattern.match('photos', 'a/b/c.jpg')).toStrictEqual({ site: 'a/b', name: 'c' });
    expect(pattern.match('photos', 'a/bxjpg')).toStrictEqual({});
    expect(pattern.match('other', 'a/b.jpg')).toStrictEqual({});
  });
});

describe('timer schedule', () => {
  it.each([
    ['*/15 * * * * *', '2026-11-24T10:00:14.999Z', '2026-11-24T10:00:15.000Z'],
    ['0 */5 * * * *', '2026-11-24T10:00:00.000Z', '2026-11-24T10:05:00.000Z'],
    ['0 30 9 * * 1-5', '2026-11-27T09:30:00.000Z', '2026-11-30T09:30:00.000Z'],
    ['0 30 9 * Jan,dec Mon-Friday', '2026-11-27T09:30:00.000Z', '2026-12-01T09:30:00.000Z'],
    ['0 0 0 29 2 *', '2026-11-24T00:00:00.000Z', '2028-02-29T00:00:00.000Z'],
    ['5,10 0 12 1 1 *', '2026-11-24T00:00:00.000Z', '2027-01-01T12:00:05.000Z'],
    ['*/5 9 * * *', '2026-11-24T09:05:00.000Z', '2026-11-24T09:10:00.000Z'],
    ['00:00:30', '2026-11-24T00:00:00.000Z', '2026-11-24T00:00:30.000Z'],
  ])('%s comes after %s at %s', (text, after, expected) => {
    const nextMs = parseSchedule(text).nextMs(Date.parse(after));

    expect(new Date(nextMs).toISOString()).toBe(expected);
  });

  it.each([
    '* * * *',
    '* * * * * * *',
    '60 * * * * *',
    '0 0 0 * Foo *',
    '0 0 Jan * * *',
    'x * * * * *',
    '*/0 * * * * *',
  ])('refuses %s', (text) => {
    expect(() => parseSchedule(text)).toThrow('"');
  });
});

describe('retry policy', () => {
  const failing = { kind: 'failed', error: new Error('always') } as const;

  it('tries again as often as it says and tells each attempt its number and the last error', async () => {
    const seen: unknown[] = [];

    const ended = await runWithRetries({
      policy: { retryStrategy: 'fixedDelay', maxRetryCount: 2, delayInterval: 0 },
      signal: new AbortController().signal,
      attempt: async (retryContext) => {
        seen.push([retryContext?.retryCount, retryContext?.exception?.message]);
        return failing;
      },
    });

    expect(ended).toBe('failed');
    expect(seen).toStrictEqual([
      [undefined, undefined],
      [1, 'always'],
      [2, 'always'],
    ]);
  });

  it.each([
    [0, [1_000, 1_600, 3_200, 5_000]],
    [0.5, [1_000, 2_000, 4_000, 5_000]],
    [1, [1_200, 2_400, 4_800, 5_000]],
  ])('doubles its waits within bounds, a fifth off at most, at random %s', (random, waitsMs) => {
    const policy = {
      retryStrategy: 'exponentialBackoff',
      maxRetryCount: -1,
      minimumInterval: 1_000,
      maximumInterval: 5_000,
    } as const;

    const waits = [1, 2, 3, 4].map((count) => retryDelayMs(policy, count, () => random));

    expect(waits).toStrictEqual(waitsMs);
  });

  it('is abandoned when the host stops while it waits', async () => {
    const stopping = new AbortController();

    const ended = runWithRetries({
      policy: {
        retryStrategy: 'exponentialBackoff',
        maxRetryCount: -1,
        minimumInterval: 60_000,
        maximumInterval: 60_000,
      },
      signal: stopping.signal,
      attempt: async () => {
        stopping.abort();
        return failing;
      },
    });

    expect(await ended).toBe('abandoned');
  });
});

/** The quota of the endpoint: who is refused, with what body, and when the next call passes. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  type PredictionEndpoint,
  type PredictionEndpointOptions,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { answered, cloudPath, command, postImage } from './helpers/calls.ts';
import { redPng } from './helpers/photos.ts';

let endpoint: PredictionEndpoint;
let atMs = 5_000;

afterEach(() => endpoint.stop());

async function start(options: PredictionEndpointOptions): Promise<void> {
  atMs = 5_000;
  endpoint = await startPredictionEndpoint({ scoring: 'fixed', nowMs: () => atMs, ...options });
}

async function statuses(callCount: number): Promise<number[]> {
  const photo = await redPng();
  const seen: number[] = [];
  for (let call = 0; call < callCount; call += 1) {
    seen.push((await postImage(endpoint, photo)).status);
  }
  return seen;
}

describe('a quota', () => {
  it('refuses the third call of a burst at two calls per second', async () => {
    await start({ quota: { callsPerSecond: 2 } });

    expect(await statuses(3)).toEqual([200, 200, 429]);
    expect(endpoint.stats()).toMatchObject({
      calls: 3,
      answered: 2,
      throttled: 1,
      byStatus: { 200: 2, 429: 1 },
    });
  });

  it('answers again when the second is over', async () => {
    await start({ quota: { callsPerSecond: 2 } });
    await statuses(3);

    atMs += 999;
    const early = await statuses(1);
    atMs += 1;
    const later = await statuses(3);

    expect([early, later]).toEqual([[429], [200, 200, 429]]);
  });

  it('names the operation and the wait, in words only', async () => {
    await start({ quota: { callsPerSecond: 1 } });
    await statuses(1);

    const response = await postImage(endpoint, await redPng());

    expect(response.headers.get('retry-after')).toBeNull();
    expect(await response.json()).toEqual({
      error: {
        code: '429',
        message:
          'Requests to the ClassifyImageWithNoStore Operation under Custom_Vision_Prediction_3.1 ' +
          'have exceeded rate limit of your current CustomVision.Prediction S0 pricing tier. Please ' +
          'retry after 1 second. Please contact Azure support service if you would like to further ' +
          'increase the default rate limit.',
      },
    });
  });

  it('sends the wait as a header where it is told to', async () => {
    await start({ quota: { callsPerSecond: 1, retryAfter: 'header' } });
    await statuses(1);

    const response = await postImage(endpoint, await redPng());

    expect(response.headers.get('retry-after')).toBe('1');
  });

  it('counts stored, unstored and address calls together', async () => {
    await start({ quota: { callsPerSecond: 2 } });
    const photo = await redPng();

    const stored = await postImage(endpoint, photo, { path: cloudPath(endpoint, 'image') });
    const headers = { 'content-type': 'application/json' };
    const path = cloudPath(endpoint, 'url/nostore');
    const address = await postImage(endpoint, Buffer.from('{"url":""}'), { path, headers });
    const unstored = await postImage(endpoint, photo);

    expect([stored.status, address.status, unstored.status]).toEqual([200, 400, 429]);
  });

  it('refuses with 403 once the month is spent', async () => {
    await start({ quota: { callsPerMonth: 1 } });
    await statuses(1);
    atMs += (7 * 24 + 9) * 3_600_000 + 41 * 60_000 + 48_000;

    const answer = await answered(postImage(endpoint, await redPng()));

    expect(answer).toEqual({
      status: 403,
      body: {
        error: {
          code: '403',
          message: 'Out of call volume quota. Quota will be replenished in 22.14:18:12.',
        },
      },
    });
  });

  it('follows a quota that a script sets and lifts', async () => {
    await start({});

    const set = await command(endpoint, 'PUT', '/control/quota', { callsPerSecond: 1 });
    const limited = await statuses(2);
    await command(endpoint, 'PUT', '/control/quota', null);
    const unlimited = await statuses(2);

    expect(set).toEqual({ status: 200, body: { callsPerSecond: 1 } });
    expect([limited, unlimited]).toEqual([
      [200, 429],
      [200, 200],
    ]);
  });

  it('does not limit the routes of the container', async () => {
    await start({ quota: { callsPerSecond: 1 } });
    const photo = await redPng();

    const calls = await Promise.all(
      [1, 2, 3].map(() => postImage(endpoint, photo, { path: '/image' })),
    );

    expect(calls.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('keeps storing calls and the others in budgets of their own where it is told to', async () => {
    await start({ quota: { perOperation: { store: 1, nostore: 2 } } });
    const photo = await redPng();
    const path = cloudPath(endpoint, 'image');

    const stored = [
      await postImage(endpoint, photo, { path }),
      await postImage(endpoint, photo, { path }),
    ];

    expect(stored.map(({ status }) => status)).toEqual([200, 429]);
    expect(await stored[1]?.text()).toContain('the ClassifyImage Operation');
    expect(await statuses(3)).toEqual([200, 200, 429]);
  });

  it('says nothing of the wait where it is told not to', async () => {
    await start({ quota: { callsPerSecond: 1, retryAfter: 'none' } });
    await statuses(1);

    const response = await postImage(endpoint, await redPng());

    expect([response.status, response.headers.get('retry-after')]).toEqual([429, null]);
    expect(await response.text()).not.toMatch(/retry after/i);
  });

  it('names the free tier and the version that was called', async () => {
    await start({ quota: { callsPerSecond: 1, callsPerMonth: 10_000 } });
    await statuses(1);

    const path = cloudPath(endpoint, 'image', 'v3.0');
    const response = await postImage(endpoint, await redPng(), { path });

    expect(await response.text()).toMatch(
      /Prediction_3\.0 have .* CustomVision\.Prediction F0 pricing/,
    );
  });

  it.each([
    ['sliding', [200, 200, 429, 429, 429]],
    ['aligned', [200, 200, 200, 200, 429]],
    ['bucket', [200, 200, 429, 429, 429]],
  ] as const)('changes to a %s window while it runs', async (window, expected) => {
    await start({});

    await command(endpoint, 'PUT', '/control/quota', { callsPerSecond: 2, window });
    atMs = 5_999;
    const before = await statuses(2);
    atMs = 6_000;

    expect([...before, ...(await statuses(3))]).toEqual(expected);
  });

  it('lets a burst pass that a script allows', async () => {
    await start({});

    const rule = { callsPerSecond: 2, window: 'bucket', burst: 5 };
    await command(endpoint, 'PUT', '/control/quota', rule);

    expect(await statuses(6)).toEqual([200, 200, 200, 200, 200, 429]);
    expect((await command(endpoint, 'GET', '/control')).body).toMatchObject({ quota: rule });
  });
});

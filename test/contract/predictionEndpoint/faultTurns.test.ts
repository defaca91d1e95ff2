/** Which calls a fault meets, and for how long. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type PredictionEndpoint,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { postImage } from './helpers/calls.ts';
import { redPng } from './helpers/photos.ts';

let endpoint: PredictionEndpoint;
let photo: Buffer;

beforeAll(async () => {
  photo = await redPng();
  endpoint = await startPredictionEndpoint({ scoring: 'fixed' });
});

afterEach(() => endpoint.control.faults.clear());
afterAll(() => endpoint.stop());

describe('a fault', () => {
  it('meets as many calls as its count, then the next one has its turn', async () => {
    endpoint.control.faults.add('unavailable', { count: 2 });
    endpoint.control.faults.add('throttle', { count: 1 });
    const seen: number[] = [];

    for (let call = 0; call < 4; call += 1) seen.push((await postImage(endpoint, photo)).status);

    expect(seen).toEqual([503, 503, 429, 200]);
  });

  it('meets the share of calls that its seed draws', async () => {
    endpoint.control.faults.add('unavailable', { share: 0.5, seed: 11 });
    const twenty = async () => {
      const seen: number[] = [];
      for (let call = 0; call < 20; call += 1) seen.push((await postImage(endpoint, photo)).status);
      return seen;
    };

    const first = await twenty();
    endpoint.control.faults.clear();
    endpoint.control.faults.add('unavailable', { share: 0.5, seed: 11 });

    expect(new Set(first)).toEqual(new Set([200, 503]));
    expect(await twenty()).toEqual(first);
  });

  it('ends with its time', async () => {
    endpoint.control.faults.add('unavailable', { durationMs: 60 });

    const during = await postImage(endpoint, photo);

    expect(during.status).toBe(503);
    await expect.poll(async () => (await postImage(endpoint, photo)).status).toBe(200);
  });

  it('on the way of an answer takes its slot of the quota, one in front of it does not', async () => {
    endpoint.control.setQuota({ callsPerMonth: 1 });
    endpoint.control.faults.add('reset', { count: 1 });
    endpoint.control.faults.add('truncatedBody', { count: 1 });

    await postImage(endpoint, photo).catch(() => undefined);
    const truncated = await postImage(endpoint, photo);
    const third = await postImage(endpoint, photo);
    endpoint.control.setQuota(undefined);

    expect([truncated.status, third.status]).toEqual([200, 403]);
  });

  it('meets the routes of the container as well', async () => {
    endpoint.control.faults.add('unavailable', { count: 1 });

    expect((await postImage(endpoint, photo, { path: '/image' })).status).toBe(503);
  });
});

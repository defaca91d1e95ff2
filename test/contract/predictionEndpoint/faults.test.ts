/** Each fault by name: what a caller sees of it, and how long it lasts. */
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultName } from '../../../local/predictionEndpoint/rules/faultQueue.ts';
import {
  type PredictionEndpoint,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { answered, command, postImage } from './helpers/calls.ts';
import { redPng } from './helpers/photos.ts';

let endpoint: PredictionEndpoint;
let photo: Buffer;

beforeAll(async () => {
  photo = await redPng();
  endpoint = await startPredictionEndpoint({ scoring: 'fixed' });
});

afterEach(() => endpoint.control.faults.clear());
afterAll(() => endpoint.stop());

async function textUnder(name: FaultName): Promise<{ status: number; text: string }> {
  endpoint.control.faults.add(name, { count: 1 });
  const response = await postImage(endpoint, photo);
  return { status: response.status, text: await response.text() };
}

describe('a fault', () => {
  it.each<[FaultName, number, RegExp]>([
    ['throttle', 429, /"code":"429".*Please retry after 1 second\./],
    ['unavailable', 503, /^\{"error":\{"code":"503"/],
    ['htmlFromProxy', 502, /^<html>.*Bad Gateway/],
    ['nullAnswer', 200, /^null$/],
    ['stringAnswer', 200, /^"Error: Could not preprocess image/],
    ['htmlAnswer', 200, /^<!DOCTYPE html>/],
    ['nanAnswer', 200, /"probability":NaN,/],
    ['nanTextAnswer', 200, /"probability":"NaN",/],
    ['unknownTag', 200, /"tagName":"neverTrained"/],
    ['emptyPredictions', 200, /"predictions":\[\]/],
    ['unpublished', 400, /"code":"BadRequestIterationNotPublished"/],
    ['rotatedKey', 401, /"code":"401".*invalid subscription key/],
    ['outOfCallVolume', 403, /Out of call volume quota.*22\.14:18:12/],
  ])('named %s answers %i', async (name, status, body) => {
    const seen = await textUnder(name);

    expect(seen.status).toBe(status);
    expect(seen.text).toMatch(body);
  });

  it('named reset ends the connection without an answer', async () => {
    endpoint.control.faults.add('reset', { count: 1 });

    await expect(postImage(endpoint, photo)).rejects.toMatchObject({
      cause: { code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET|EPIPE/) },
    });
  });

  it('named truncatedBody ends the connection inside the body', async () => {
    endpoint.control.faults.add('truncatedBody', { count: 1 });

    const response = await postImage(endpoint, photo);

    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  it('named hang keeps the caller until the endpoint stops', async () => {
    const other = await startPredictionEndpoint({ scoring: 'fixed' });
    other.control.faults.add('hang');

    const call = postImage(other, photo).catch(() => 'ended');
    await expect.poll(() => other.stats().calls).toBe(1);
    await other.stop();

    expect(await call).toBe('ended');
    expect(other.stats().byStatus).toEqual({ hang: 1 });
  });

  it('asks for a longer wait where it is told to, as a header too', async () => {
    endpoint.control.faults.add('throttle', { count: 1, retryAfterSeconds: 30 });

    const response = await postImage(endpoint, photo);

    expect(response.headers.get('retry-after')).toBe('30');
    expect(await response.text()).toContain('retry after 30 seconds');
  });

  it('meets as many calls as its count, then the next one has its turn', async () => {
    endpoint.control.faults.add('unavailable', { count: 2 });
    endpoint.control.faults.add('throttle', { count: 1 });
    const seen: number[] = [];

    for (let call = 0; call < 4; call += 1) seen.push((await postImage(endpoint, photo)).status);

    expect(seen).toEqual([503, 503, 429, 200]);
  });

  it('meets the routes of the container as well', async () => {
    endpoint.control.faults.add('unavailable', { count: 1 });

    expect((await postImage(endpoint, photo, { path: '/image' })).status).toBe(503);
  });
});

describe('the control paths', () => {
  it('add, list and clear faults', async () => {
    const fault = { name: 'unavailable', count: 3 };

    const added = await command(endpoint, 'POST', '/control/faults', fault);
    const { status } = await postImage(endpoint, photo);
    const listed = await command(endpoint, 'GET', '/control/faults');
    const cleared = await command(endpoint, 'DELETE', '/control/faults');

    expect(added).toEqual({ status: 200, body: [fault] });
    expect(status).toBe(503);
    expect(listed.body).toEqual([{ ...fault, count: 2 }]);
    expect(cleared.body).toEqual([]);
  });

  it('tell what the endpoint is and has done, never its key', async () => {
    const described = await command(endpoint, 'GET', '/control');
    const stats = await command(endpoint, 'GET', '/control/stats');

    expect(described.body).toMatchObject({ runtime: 'fixed', projectType: 'classify' });
    expect(JSON.stringify(described.body)).not.toContain(endpoint.key);
    expect(stats.body).toEqual(endpoint.stats());
  });

  it('set the latency', async () => {
    const set = await command(endpoint, 'PUT', '/control/latency', { fixedMs: 40 });
    const startMs = performance.now();
    await postImage(endpoint, photo);
    const tookMs = performance.now() - startMs;
    endpoint.control.setLatency({ fixedMs: 0 });

    expect(set.status).toBe(200);
    expect(tookMs).toBeGreaterThanOrEqual(39);
  });

  it.each([
    ['a name that is no fault', 'POST /control/faults', { name: 'flood' }, 400],
    ['a rate below one call', 'PUT /control/quota', { callsPerSecond: 0 }, 400],
    ['a setting that does not exist', 'PUT /control/latency', { ms: 5 }, 400],
    ['a path that does not exist', 'POST /control/nothing', {}, 404],
  ])('refuse %s', async (_, target, body, status) => {
    const [method = '', path = ''] = target.split(' ');

    expect(await command(endpoint, method, path, body)).toMatchObject({ status });
  });

  it('refuse what a web page can send unasked', async () => {
    const body = JSON.stringify({ name: 'hang' });
    const asForm = fetch(`${endpoint.endpoint}/control/faults`, { method: 'POST', body });

    expect((await answered(asForm)).status).toBe(415);
    expect(endpoint.control.faults.list()).toEqual([]);
  });

  it('refuse a name that only resolves to this machine', async () => {
    const headers = { host: 'rebound.example' };
    const asked = request(`${endpoint.endpoint}/control/faults`, { headers }).end();

    const [answer]: { statusCode?: number; resume(): void }[] = await once(asked, 'response');
    answer?.resume();

    expect(answer?.statusCode).toBe(403);
  });

  it('do not count as calls', async () => {
    const before = endpoint.stats().calls;

    await command(endpoint, 'GET', '/control/stats');

    expect(endpoint.stats().calls).toBe(before);
  });
});

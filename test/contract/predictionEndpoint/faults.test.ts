/** Each fault by name: what a caller sees of it, and how long it lasts. */
import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultName } from '../../../local/predictionEndpoint/rules/faultQueue.ts';
import {
  type PredictionEndpoint,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { answered, cloudPath, command, postImage } from './helpers/calls.ts';
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

async function tookMs(act: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await act();
  return performance.now() - startMs;
}

/** As much as comes of the body, on a connection of its own where no agent keeps one. */
async function rawAnswer(
  agent: Agent | false = false,
): Promise<{ headers: IncomingHttpHeaders; text: string }> {
  const headers = { 'prediction-key': endpoint.key, 'content-type': 'application/octet-stream' };
  const url = endpoint.endpoint + cloudPath(endpoint);
  const asked = request(url, { method: 'POST', headers, agent }).end(photo);
  asked.on('error', () => {});
  const [response]: IncomingMessage[] = await once(asked, 'response');
  if (!response) throw new Error('no answer');
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await new Promise((resolve) => void response.once('close', resolve).once('error', resolve));
  return { headers: response.headers, text };
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

  it.each([
    [500, 'ErrorPredictionStorage'],
    [403, 'ForbiddenDRModeEnabled'],
  ])('named serviceError answers %i with any code', async (httpStatus, code) => {
    endpoint.control.faults.add('serviceError', { count: 1, httpStatus, code });

    const answer = await answered(postImage(endpoint, photo));

    expect(answer).toMatchObject({ status: httpStatus, body: { code } });
  });

  it('named storm answers with every kind of 5xx by turns', async () => {
    endpoint.control.faults.add('storm', { seed: 3 });
    const seen = new Set<number>();

    for (let call = 0; call < 40; call += 1) seen.add((await postImage(endpoint, photo)).status);

    expect(seen).toEqual(new Set([500, 502, 503, 504]));
  });

  it('named resetMidBody ends the connection inside the body by a reset', async () => {
    endpoint.control.faults.add('resetMidBody', { count: 1 });

    const response = await postImage(endpoint, photo);

    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  it('named drip sends the body byte by byte', async () => {
    endpoint.control.faults.add('drip', { count: 1, bytesPerSecond: 200 });

    const response = await postImage(endpoint, photo);
    const sizesBytes: number[] = [];
    for await (const chunk of response.body ?? []) {
      sizesBytes.push(chunk.length);
      if (sizesBytes.length === 5) break;
    }

    expect(response.status).toBe(200);
    expect(Math.max(...sizesBytes)).toBeLessThan(20);
  });

  it.each([
    ['more', 7, 'terminated'],
    ['fewer', -7, undefined],
  ])('named wrongLength promises %s bytes than come', async (_, lengthErrorBytes, failure) => {
    endpoint.control.faults.add('wrongLength', { count: 1, lengthErrorBytes });

    const { headers, text } = await rawAnswer();

    const promisedBytes = Number(headers['content-length']);
    expect(promisedBytes - Buffer.byteLength(text)).toBe(failure ? 7 : 0);
    expect(text.endsWith('}')).toBe(failure !== undefined);
  });

  it('named slowAccept lets new connections wait, and only those', async () => {
    const delayMs = 400;
    const agent = new Agent({ keepAlive: true });
    await rawAnswer(agent);
    endpoint.control.faults.add('slowAccept', { count: 1, delayMs });

    const keptMs = await tookMs(() => rawAnswer(agent));
    const freshMs = await tookMs(() => rawAnswer());
    agent.destroy();

    expect(endpoint.control.faults.list()).toEqual([]);
    expect(freshMs).toBeGreaterThanOrEqual(delayMs - 2);
    expect(keptMs).toBeLessThan(delayMs);
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

/** Each fault by name: what a caller sees of it. */
import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultName } from '../../../local/predictionEndpoint/rules/faultQueue.ts';
import {
  type PredictionEndpoint,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { answered, cloudPath, postImage } from './helpers/calls.ts';
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
});

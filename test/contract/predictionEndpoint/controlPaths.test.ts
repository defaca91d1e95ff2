/** The control interface: what it adds, tells and refuses. */
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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

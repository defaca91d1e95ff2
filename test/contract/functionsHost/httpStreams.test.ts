import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { startStorageHost } from './helpers/storageHost.ts';

const entry = new URL('helpers/streamApp.ts', import.meta.url).pathname;
const patience = { timeout: 20_000, interval: 100 };
const bodyLimitBytes = 2_000_000;
let storage: Storage;
let started: Awaited<ReturnType<typeof startStorageHost>>;
let url: string;

beforeAll(async () => {
  storage = await startStorage();
  // Long enough for a busy machine, or all else here would meet it too.
  const hostJson = { functionTimeout: '00:00:04' };
  const settings = { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: String(bodyLimitBytes) };
  started = await startStorageHost(storage, { entry, hostJson, settings });
  url = started.host.url;
});
afterAll(async () => {
  await started.host.stop();
  await storage.stop();
});

/** A request whose body is written piece by piece. */
function open(
  path: string,
  headers: Record<string, string> = {},
): { request: ClientRequest; answered: Promise<IncomingMessage> } {
  const request = httpRequest(`${url}${path}`, { method: 'POST', headers });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  request.flushHeaders();
  return { request, answered };
}

describe('HTTP streams', () => {
  it('flow both ways at once: an answer comes before the request is at its end', async () => {
    const { request, answered } = open('/api/upper/7');

    request.write('first');
    const response = await answered;
    const [first] = await once(response, 'data');
    request.end('second');
    const [second] = await once(response, 'data');

    expect([String(first), String(second)]).toStrictEqual(['FIRST', 'SECOND']);
    expect(response.statusCode).toBe(201);
    expect(response.headers['set-cookie']).toStrictEqual(['crumb=a%20b; HttpOnly']);
  });

  it('begin with the last byte of a form: the host reads that first', async () => {
    const { request, answered } = open('/api/arrivals', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    request.write('a=1');
    await fetch(`${url}/api/early`, { method: 'POST' });
    request.end('&b=2');

    const response = await answered;

    const [chunks] = await once(response, 'data');
    expect(JSON.parse(String(chunks))).toStrictEqual(['a=1&b=2']);
  });

  it('leave the query among the route’s parameters, and the caller’s address in the URL', async () => {
    const response = await fetch(`${url}/api/upper/7?q=1&q=2&id=mine`, { method: 'POST' });

    const params: unknown = JSON.parse(response.headers.get('x-params') ?? '');
    expect(params).toStrictEqual({ id: '7', q: '1,2' });
    expect(response.headers.get('x-url')).toBe(`${url}/api/upper/7?q=1&q=2&id=mine`);
  });

  it('keep a caller waiting until the function timeout where the handler throws, then 500', async () => {
    const processId = async () => (await fetch(`${url}/api/process`)).text();
    const before = await processId();
    const startedAtMs = performance.now();

    const response = await fetch(`${url}/api/failing`);

    expect(response.status).toBe(500);
    expect(await response.text()).toBe('');
    expect(performance.now() - startedAtMs).toBeGreaterThan(3_900);
    // The worker still owed an answer: another one goes on.
    await vi.waitFor(async () => expect(await processId()).not.toBe(before), patience);
  });

  it.each(['application/octet-stream', 'application/x-www-form-urlencoded'])(
    'of %s end with 413 where more comes than the host takes',
    async (type) => {
      const { request, answered } = open('/api/arrivals', { 'content-type': type });
      request.write(Buffer.alloc(bodyLimitBytes, 'a'));
      request.write('a');

      const response = await answered;

      expect(response.statusCode).toBe(413);
      request.destroy();
    },
  );

  it('survive a caller that hangs up', async () => {
    const { request, answered } = open('/api/upper/7');
    request.write('first');
    const response = await answered;
    response.destroy();

    const next = await fetch(`${url}/api/early`, { method: 'POST' });

    expect(next.status).toBe(403);
  });

  it('let a handler answer without reading what is sent', async () => {
    const response = await fetch(`${url}/api/early`, { method: 'POST', body: 'x'.repeat(100_000) });

    expect([response.status, await response.text()]).toStrictEqual([403, 'not you']);
  });

  it('carry a megabyte there and back', async () => {
    const body = 'a'.repeat(1024 * 1024);

    const response = await fetch(`${url}/api/upper/1`, { method: 'POST', body });

    expect((await response.text()) === body.toUpperCase()).toBe(true);
  });
});

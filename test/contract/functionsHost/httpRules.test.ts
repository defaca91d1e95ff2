import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import type { InvocationRequest } from '../../../local/functionsHost/app/invocation.ts';
import { httpSites, status } from './helpers/httpSites.ts';

const patience = { timeout: 20_000, interval: 20 };
const { open } = httpSites();

/** The first bytes of the answer to a request as it is written here. */
async function send(url: string, line: string, ...headers: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write([`${line} HTTP/1.1`, ...headers, '', ''].join('\r\n'));
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return String(answer);
}

describe('requests', () => {
  it('beyond maxOutstandingRequests get 429, beyond maxConcurrentRequests wait', async () => {
    const held: (() => void)[] = [];
    const { url } = await open({
      http: { maxOutstandingRequests: 2, maxConcurrentRequests: 1 },
      handler: () => new Promise<void>((resolve) => held.push(resolve)),
    });

    const first = status(`${url}/api/anonymous`);
    await vi.waitFor(() => expect(held).toHaveLength(1), patience);
    const statuses: number[] = [];
    const others = [1, 2, 3].map(async () => statuses.push(await status(`${url}/api/anonymous`)));
    await vi.waitFor(() => expect(statuses).toStrictEqual([429, 429]), patience);
    expect(held).toHaveLength(1);
    held.shift()?.();
    await vi.waitFor(() => expect(held).toHaveLength(1), patience);
    held.shift()?.();
    await Promise.all(others);

    expect([await first, ...statuses]).toStrictEqual([204, 429, 429, 204]);
  });

  it('of more than 100 MB get 413 before they are sent', async () => {
    const { url } = await open();

    const answer = await send(url, 'POST /api/anonymous', 'host: a', 'content-length: 104857601');

    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('larger than FUNCTIONS_REQUEST_BODY_SIZE_LIMIT says get 413, in chunks too', async () => {
    const settings = { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '8' };
    const { url } = await open({ settings });
    const post = (body: string) => status(`${url}/api/anonymous`, { method: 'POST', body });
    const chunked = ['host: a', 'transfer-encoding: chunked', '', '9', '123456789', '0'];

    expect([await post('12345678'), await post('123456789')]).toStrictEqual([204, 413]);
    expect(await send(url, 'POST /api/anonymous', ...chunked)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it.each([
    ['200 and a page', {}, 200, /running/],
    ['204 where the page is switched off', { AzureWebJobsDisableHomepage: 'true' }, 204, /^$/],
  ])('for the root get %s', async (_what, settings, expected, text) => {
    const { url } = await open({ settings });

    const answer = await fetch(`${url}/`);

    expect(answer.status).toBe(expected);
    expect(await answer.text()).toMatch(text);
  });

  it('find a connection kept for as long as the real host keeps one', async () => {
    const { url } = await open();

    const { headers } = await fetch(`${url}/api/anonymous`);

    expect(headers.get('keep-alive')).toBe('timeout=130');
  });

  it.each([
    ['a host name that is none', 'GET /api/anonymous', 'host: a b'],
    ['a path that is none', 'GET //[', 'host: a'],
  ])('with %s get 400, and the next one is answered', async (_what, line, host) => {
    const { url } = await open();

    const answer = await send(url, line, host);

    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(await status(`${url}/api/anonymous`)).toBe(204);
  });

  it('may name the whole address, as a proxy’s do', async () => {
    const { url } = await open();

    const answer = await send(url, `GET ${url}/api/anonymous`, 'host: a');

    expect(answer).toMatch(/^HTTP\/1\.1 204 /);
  });

  it('hand over a query name that comes twice with its values joined', async () => {
    const requests: InvocationRequest[] = [];
    const { url } = await open({ handler: (request) => requests.push(request) });

    await status(`${url}/api/anonymous?a=1&a=2&b=`);

    expect(requests[0]?.data.http?.nullableQuery).toStrictEqual({
      a: { value: '1,2' },
      b: { value: '' },
    });
  });

  it('of a form arrive as they were sent', async () => {
    const requests: InvocationRequest[] = [];
    const { url } = await open({ handler: (request) => requests.push(request) });

    await status(`${url}/api/anonymous`, {
      method: 'POST',
      body: new URLSearchParams({ name: 'a b', other: 'ü' }),
    });

    const body = Buffer.from(requests[0]?.data.http?.body?.bytes ?? []).toString();
    expect(body).toBe('name=a+b&other=%C3%BC');
  });

  it('get the headers that host.json adds to every answer of a function', async () => {
    const { url } = await open({ http: { customHeaders: { 'X-Frame-Options': 'DENY' } } });

    const { headers } = await fetch(`${url}/api/anonymous`);

    expect(headers.get('x-frame-options')).toBe('DENY');
  });
});

describe('admin routes', () => {
  it('show each function with what became of it', async () => {
    const { url } = await open();
    const shown = async (path: string) => (await fetch(`${url}/admin/functions${path}`)).json();

    expect(await shown('/function')).toMatchObject({
      name: 'function',
      href: `${url}/admin/functions/function`,
      invoke_url_template: `${url}/api/function`,
      isDisabled: false,
    });
    expect(await shown('/onWork')).toMatchObject({ invoke_url_template: null });
    expect(await shown('/off')).toMatchObject({ isDisabled: true });
    expect(await shown('/function/status')).toStrictEqual({ isDisabled: false });
    expect(await shown('/off/status')).toStrictEqual({ isDisabled: true });
    expect(await shown('/odd/status')).toStrictEqual({
      isDisabled: false,
      errors: [expect.stringContaining('"prime"')],
    });
    expect(await status(`${url}/admin/functions/unknown`)).toBe(404);
    expect(await status(`${url}/api/off`)).toBe(404);
  });

  it('call a queue function with a text, and don’t wait for it', async () => {
    const requests: InvocationRequest[] = [];
    const { url } = await open({ handler: (request) => requests.push(request) });
    const post = (path: string, body: string) =>
      status(`${url}/admin/functions${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });

    expect(await post('/onWork', '{"input":"{\\"id\\":5}"}')).toBe(202);
    expect(await post('/onWork', 'no json')).toBe(400);
    expect(await post('/unknown', '{"input":""}')).toBe(404);

    await vi.waitFor(() => expect(requests).toHaveLength(1), patience);
    expect(requests[0]).toMatchObject({
      data: { string: '{"id":5}' },
      metadata: { QueueTrigger: { string: '{"id":5}' }, id: { string: '5' } },
    });
  });
});

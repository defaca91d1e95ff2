import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { startStorageHost } from './helpers/storageHost.ts';

let storage: Storage;
let started: Awaited<ReturnType<typeof startStorageHost>>;
let url: string;

beforeAll(async () => {
  storage = await startStorage();
  started = await startStorageHost(storage);
  url = started.host.url;
});

afterAll(async () => {
  await started.host.stop();
  await storage.stop();
});

describe('functions over HTTP', () => {
  it('carry parameters, query, headers and bytes there, and status, headers and cookies back', async () => {
    const body = Buffer.from([0, 255, 216, 10]);

    const response = await fetch(`${url}/API/Echo/a%20b/c/d?q=1&q2=x`, {
      method: 'POST',
      headers: { 'x-sent': 'hello', 'content-type': 'application/octet-stream' },
      body,
    });

    expect(response.status).toBe(201);
    expect(response.headers.get('x-answer')).toBe('yes');
    expect(response.headers.get('set-cookie')).toBe('crumb=a%20b; Path=/; SameSite=Lax; HttpOnly');
    expect(await response.json()).toStrictEqual({
      params: { id: 'a b', rest: 'c/d' },
      query: { q: '1', q2: 'x' },
      sent: 'hello',
      body: body.toString('base64'),
    });
  });

  it.each([
    ['/api/optional', 'none'],
    ['/api/optional/7', '7'],
    ['/api/setting', 'from the settings'],
  ])('answers %s with %s', async (path, expected) => {
    expect(await (await fetch(`${url}${path}`)).text()).toBe(expected);
  });

  it.each([
    ['a method that is not listed', 'GET', '/api/echo/1/2', 404],
    ['a path nobody serves', 'GET', '/api/nothing', 404],
    ['a path outside the prefix', 'GET', '/optional', 404],
    ['a handler that returns nothing', 'GET', '/api/silent', 204],
    ['a handler that throws', 'GET', '/api/failing', 500],
    ['a handler that outlives the function timeout', 'GET', '/api/hanging', 500],
    ['a ping', 'GET', '/admin/host/ping', 200],
    ['the host’s status', 'GET', '/admin/host/status', 200],
  ])('answer %s: %s %s is %i', async (_case, method, path, status) => {
    const response = await fetch(`${url}${path}`, { method });

    expect(response.status).toBe(status);
    if (status >= 400) expect(await response.text()).toBe('');
  });

  it('log a failure with its reason', async () => {
    await fetch(`${url}/api/failing`);

    await started.book.until(() =>
      started.book.logs.some(
        ({ level, message }) => level === 'error' && message.includes('the handler broke'),
      ),
    );
    const { functions } = await started.host.stats();
    expect(functions['failing']?.failedCount).toBeGreaterThan(0);
  });

  it('are listed with their routes', async () => {
    const listed = await (await fetch(`${url}/admin/functions`)).json();

    expect(listed).toContainEqual(
      expect.objectContaining({
        name: 'optional',
        invoke_url_template: expect.stringContaining('/api/optional/{id?}'),
      }),
    );
    expect(listed).toContainEqual(
      expect.objectContaining({ name: 'onBlob', invoke_url_template: null }),
    );
  });

  it('have generated binding names, which change with the trigger’s options', async () => {
    const listed = await (await fetch(`${url}/admin/functions`)).json();

    const names = z
      .array(z.object({ config: z.object({ bindings: z.array(z.object({ name: z.string() })) }) }))
      .parse(listed)
      .flatMap(({ config }) => config.bindings.map(({ name }) => name))
      .filter((name) => name.startsWith('blobTrigger'));
    expect(names).toHaveLength(2);
    expect(names[0]).toMatch(/^blobTrigger[0-9a-f]{10}$/);
    expect(names[1]).not.toBe(names[0]);
  });
});

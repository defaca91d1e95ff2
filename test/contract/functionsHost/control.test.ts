import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { clients, startStorageHost } from './helpers/storageHost.ts';

const invocationsSchema = z.object({
  invocations: z.array(z.looseObject({ functionName: z.string() })),
});

let storage: Storage;
let started: Awaited<ReturnType<typeof startStorageHost>>;

beforeAll(async () => {
  storage = await startStorage();
  started = await startStorageHost(storage);
});

afterAll(async () => {
  await started.host.stop();
  await storage.stop();
});

function command(method: string, path: string, body?: unknown): Promise<Response> {
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = { 'content-type': 'application/json' };
  return fetch(`${started.host.controlUrl}${path}`, { method, headers, ...content });
}

describe('control interface of the functions host', () => {
  it('says whose ways the host has and which functions it holds', async () => {
    const overview = await (await command('GET', '/control')).json();

    expect(overview).toMatchObject({
      dialect: 'newer',
      int64Dialect: 'number',
      state: 'Running',
      functions: expect.arrayContaining([
        { name: 'onStart', isDisabled: false, problem: null },
        {
          name: 'unconnected',
          isDisabled: false,
          problem: 'the connection setting "NoSuchConnection" is missing',
        },
      ]),
    });
  });

  it('runs a timer now and lists the call with its end', async () => {
    await started.book.arrival('onStart');

    const { status } = await command('POST', '/control/timers', { function: 'onStart' });

    expect(status).toBe(200);
    const answer = await (await command('GET', '/control/invocations')).json();
    const calls = invocationsSchema
      .parse(answer)
      .invocations.filter(({ functionName }) => functionName === 'onStart');
    expect(calls).toHaveLength(2);
    expect(calls[1]).toMatchObject({ outcome: 'succeeded', endedAt: expect.any(String) });
  });

  it('refuses to run a timer that is not there and says which are', async () => {
    const answer = await command('POST', '/control/timers', { function: 'onMessage' });

    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('onStart');
  });

  it('delivers a blob’s event as often as it is told', async () => {
    await clients(storage).upload('other/twice.txt', 'x');

    const event = { do: 'deliver', container: 'other', name: 'twice.txt', count: 2 };
    await command('POST', '/control/blobEvents', event);

    expect(started.book.arrivals('onBlob')).toHaveLength(2);
    const stats = await (await command('GET', '/control/stats')).json();
    expect(stats).toMatchObject({ functions: { onBlob: { succeededCount: 2 } } });
  });

  it('drains: what a trigger would take is left for another host', async () => {
    const status = async () => (await fetch(`${started.host.url}/admin/host/drain/status`)).json();
    const before = started.book.arrivals('onMessage').length;

    expect((await command('POST', '/control/drain', {})).status).toBe(200);
    await vi.waitFor(async () => expect(await status()).toMatchObject({ state: 'Completed' }), {
      timeout: 20_000,
    });
    await clients(storage).sendJson('work', { for: 'another host' });
    const other = await startStorageHost(storage, { raisesBlobEvents: false });

    const { value } = await other.book.arrival('onMessage');
    expect(value).toStrictEqual({ for: 'another host' });
    expect(started.book.arrivals('onMessage')).toHaveLength(before);
    await other.host.stop();
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFunctionsHost } from '../../../local/functionsHost/startFunctionsHost.ts';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { clients, startStorageHost, storageHostOptions } from './helpers/storageHost.ts';

let storage: Storage;

beforeAll(async () => {
  storage = await startStorage();
});

afterAll(async () => {
  await storage.stop();
});

describe('functions host', () => {
  it('refuses a host.json it can’t use and names the value', async () => {
    const hostJson = { extensions: { queues: { maxPollingInterval: 'soon' } } };

    await expect(startStorageHost(storage, { hostJson })).rejects.toThrow('maxPollingInterval');
  });

  it('delivers what came while it was away, once, and runs the terminate hooks when it stops', async () => {
    const client = clients(storage);
    const first = await startStorageHost(storage);
    await client.upload('incoming/seen.txt', 'x');
    await first.book.arrival('onBlob');
    // The call may come before Event Grid has its answer; a stop in between means a second delivery.
    await first.host.idle();
    await first.host.stop();
    await client.upload('incoming/missed.txt', 'x');

    const second = await startStorageHost(storage);
    await second.book.arrival('onBlob');
    await second.host.idle();
    await second.host.stop();

    const names = second.book.arrivals('onBlob').map(({ metadata }) => metadata['name']);
    expect(names).toStrictEqual(['missed.txt']);
    expect(first.book.logs.map(({ message }) => message)).toContain('terminated');
  });

  it('leaves out a function that the settings disable', async () => {
    const { options } = storageHostOptions(storage);
    const settings = { ...options.settings, 'AzureWebJobs.silent.Disabled': 'true' };
    const { host } = await startStorageHost(storage, { settings });

    const { status } = await fetch(`${host.url}/api/silent`);

    expect(status).toBe(404);
    await host.stop();
  });

  it('runs beside another host, each with its own settings', async () => {
    const { options } = storageHostOptions(storage);
    const settings = { ...options.settings, FIXTURE_WORD: 'the other' };
    const hosts = await Promise.all([
      startStorageHost(storage),
      startStorageHost(storage, { settings }),
    ]);

    const words = await Promise.all(
      hosts.map(async ({ host }) => (await fetch(`${host.url}/api/setting`)).text()),
    );

    expect(words).toStrictEqual(['from the settings', 'the other']);
    await Promise.all(hosts.map(({ host }) => host.stop()));
  });

  it('runs in this process too, whose environment stays as it is', async () => {
    const { options, book } = storageHostOptions(storage);

    const host = await startFunctionsHost(options);
    await book.arrival('onStart');
    const word = await (await fetch(`${host.url}/api/setting`)).text();
    await host.stop();

    expect(word).toBe('from the settings');
    expect(process.env['FIXTURE_WORD']).toBeUndefined();
    await expect(fetch(host.url)).rejects.toThrow('fetch failed');
  });
});

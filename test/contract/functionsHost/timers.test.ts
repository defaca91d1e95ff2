import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFunctionsHostProcess } from '../../../local/functionsHost/startFunctionsHostProcess.ts';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { logBook } from './helpers/logBook.ts';

const entry = new URL('helpers/timerApp.ts', import.meta.url).pathname;

let storage: Storage;
let hostsContainer: ContainerClient;

beforeAll(async () => {
  storage = await startStorage();
  const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
  hostsContainer = blobs.getContainerClient('azure-webjobs-hosts');
  await hostsContainer.create();
});

afterAll(async () => {
  await storage.stop();
});

async function start(functionName: string) {
  const book = logBook();
  const host = await startFunctionsHostProcess({
    entry,
    settings: {
      AzureWebJobsStorage: storage.connectionString,
      AzureFunctionsWebHost__hostid: 'timers',
    },
    hostJson: {
      functions: [functionName],
      singleton: { listenerLockRecoveryPollingInterval: '00:00:00.3' },
    },
    onLog: book.onLog,
  });
  return { host, book };
}

function statusBlob(functionName: string) {
  return hostsContainer.getBlockBlobClient(`timers/timers/Host.Functions.${functionName}/status`);
}

const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/);

describe('timer trigger', () => {
  it('runs in one of several hosts, and in another when that one has gone', async () => {
    const one = await start('eachSecond');
    const two = await start('eachSecond');
    await one.book.until(() => one.book.arrivals('eachSecond').length >= 2);

    expect(two.book.arrivals('eachSecond')).toStrictEqual([]);
    await one.host.stop();
    const { value } = await two.book.arrival('eachSecond');

    // More often than once a minute: no status is kept, none is told.
    expect(value).toStrictEqual({
      schedule: { adjustForDST: true },
      scheduleStatus: null,
      isPastDue: false,
    });
    await two.host.stop();
  });

  it('keeps its status in the host’s storage and makes up for a missed run, once', async () => {
    const before = { Last: '2024-05-01T00:00:00+00:00', Next: '2025-01-01T00:00:00+00:00' };
    const stored = JSON.stringify({ ...before, LastUpdated: before.Last });
    await statusBlob('yearly').upload(stored, stored.length);

    const { host, book } = await start('yearly');
    const { value } = await book.arrival('yearly');
    await host.idle();
    await host.stop();

    expect(book.arrivals('yearly')).toHaveLength(1);
    expect(value).toStrictEqual({
      schedule: { adjustForDST: true },
      scheduleStatus: { last: before.Last, next: before.Next, lastUpdated: before.Last },
      isPastDue: true,
    });
    const kept = JSON.parse((await statusBlob('yearly').downloadToBuffer()).toString('utf8'));
    expect(kept).toStrictEqual({ Last: iso, Next: iso, LastUpdated: iso });
    expect(Date.parse(kept.Next)).toBeGreaterThan(Date.now());
  });

  it('keeps no status where the function does not want one', async () => {
    const { host } = await start('unwatched');
    await host.stop();

    expect(await statusBlob('unwatched').exists()).toBe(false);
  });

  it('writes down the next run when it is new, and follows its retry policy', async () => {
    const { host, book } = await start('failing');
    const kept = JSON.parse((await statusBlob('failing').downloadToBuffer()).toString('utf8'));

    await fetch(`${host.controlUrl}/control/timers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ function: 'failing' }),
    });
    await host.stop();

    expect(kept).toMatchObject({ Last: '0001-01-01T00:00:00', Next: iso });
    const attempts = book.arrivals('failing');
    expect(attempts.map(({ retryCount }) => retryCount)).toStrictEqual([0, 1]);
    expect(attempts[1]?.invocationId).toBe(attempts[0]?.invocationId);
  });
});

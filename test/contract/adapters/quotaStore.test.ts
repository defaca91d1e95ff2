/** The quota document in memory and on Azure Blob: the same compare-and-swap. */
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { blobQuotaStore, quotaBlobName } from '../../../shared/adapters/blob/quotaStore.ts';
import { memoryQuotaStore } from '../../../shared/adapters/memory/memoryQuotaStore.ts';
import type { QuotaStore } from '../../../shared/quota/quotaStore.ts';

let storage: Storage;
let blobs: BlobServiceClient;
let storeCount = 0;

beforeAll(async () => {
  storage = await startStorage();
  blobs = BlobServiceClient.fromConnectionString(storage.connectionString, {
    retryOptions: { maxTries: 1 },
  });
});
afterAll(() => storage.stop());

function blobStore(): QuotaStore {
  storeCount += 1;
  // Each in a container that is not there yet.
  const container = blobs.getContainerClient(`quota-${storeCount}`);
  return blobQuotaStore(container, quotaBlobName('http://127.0.0.1:7080'));
}

describe.each([
  ['memory', () => memoryQuotaStore(Date.now)],
  ['Azure Blob', blobStore],
])('a quota store of %s', (_name, make) => {
  it('has nothing at first, then what was created', async () => {
    const store = make();

    expect((await store.get()).found).toBeUndefined();
    const created = await store.compareAndSwap('{"a":1}', undefined);

    expect(created.kind).toBe('swapped');
    const etag = created.kind === 'swapped' ? created.etag : '';
    expect((await store.get()).found).toEqual({ text: '{"a":1}', etag });
  });

  it('lets one of many creators and one of many followers win, and says so to the rest', async () => {
    const store = make();
    const race = async (etag: string | undefined) => {
      const texts = Array.from({ length: 8 }, (_, index) => `{"writer":${index}}`);
      const answers = await Promise.all(texts.map((text) => store.compareAndSwap(text, etag)));
      const won = answers.flatMap(({ kind }, index) => (kind === 'swapped' ? [texts[index]] : []));
      const { found } = await store.get();
      return { won, found };
    };

    const creators = await race(undefined);
    const followers = await race(creators.found?.etag);

    expect(creators.won).toEqual([creators.found?.text]);
    expect(followers.won).toEqual([followers.found?.text]);
  });

  it('refuses a version that is not the latest, whoever wrote it', async () => {
    const store = make();
    const first = await store.compareAndSwap('{"n":1}', undefined);
    const etag = first.kind === 'swapped' ? first.etag : '';
    await store.compareAndSwap('{"n":2}', etag);

    expect((await store.compareAndSwap('{"n":3}', etag)).kind).toBe('conflict');
    expect((await store.compareAndSwap('{"n":3}', '"0x0"')).kind).toBe('conflict');
    expect((await store.get()).found?.text).toBe('{"n":2}');
  });

  it('says what time it is there, to the second, conflicts included', async () => {
    const store = make();
    await store.compareAndSwap('{}', undefined);
    const answers = [
      await store.get(),
      await store.compareAndSwap('{}', '"0x0"'),
      await make().get(),
    ];

    for (const { serverAtMs = 0 } of answers) {
      expect(serverAtMs % 1_000).toBe(0);
      expect(Math.abs(serverAtMs - Date.now())).toBeLessThan(5_000);
    }
  });
});

it('says that the store is away, once and soon', async () => {
  const url = storage.connectionString.replace(
    /BlobEndpoint=[^;]+/,
    'BlobEndpoint=http://127.0.0.1:1/acme',
  );
  const away = BlobServiceClient.fromConnectionString(url, { retryOptions: { maxTries: 1 } });
  const store = blobQuotaStore(away.getContainerClient('quota'), 'x.json');

  await expect(store.get()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await expect(store.compareAndSwap('{}', undefined)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  });
});

it('keeps one document for each prediction resource, however it is spelt', () => {
  expect(quotaBlobName('https://Acme.cognitiveservices.azure.com/')).toBe(
    quotaBlobName('https://acme.cognitiveservices.azure.com'),
  );
  expect(quotaBlobName('https://a.example')).not.toBe(quotaBlobName('https://b.example'));
  expect(quotaBlobName('https://a.example')).toMatch(/^[0-9a-f]{16}\.json$/);
});

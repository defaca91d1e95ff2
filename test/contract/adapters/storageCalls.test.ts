import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { watchStorageCalls } from '../../../shared/adapters/system/storageCalls.ts';

let storage: Storage;

beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage.stop());

it('counts calls to the named services by what is billed, until told to stop', async () => {
  const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
  const queues = QueueServiceClient.fromConnectionString(storage.connectionString);
  const counts: Record<string, number> = {};
  const stop = watchStorageCalls(
    { blobUrls: [blobs.url], queueUrls: [queues.url] },
    (operation) => {
      counts[operation] = (counts[operation] ?? 0) + 1;
    },
  );
  const container = blobs.getContainerClient('counted');
  await container.createIfNotExists();
  const blob = container.getBlockBlobClient('list.json');
  await blob.upload('{}', 2);
  await blob.getProperties();
  await blob.downloadToBuffer(0, 2);
  await Array.fromAsync(container.listBlobsFlat({ prefix: 'comp=list' }).byPage());
  await blob.delete();
  await queues.getQueueClient('counted').createIfNotExists();

  expect(counts).toEqual({ write: 2, read: 2, list: 1, delete: 1, queue: 1 });

  stop();
  await container.getProperties();
  expect(counts['read']).toBe(2);
});

it('does not count calls to anybody else', async () => {
  const counted: string[] = [];
  const elsewhere = { blobUrls: ['https://other.blob.core.windows.net'], queueUrls: [] };
  const stop = watchStorageCalls(elsewhere, (operation) => counted.push(operation));

  await BlobServiceClient.fromConnectionString(storage.connectionString).getProperties();
  stop();

  expect(counted).toEqual([]);
});

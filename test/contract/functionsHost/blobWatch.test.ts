import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BlobTrigger } from '../../../local/functionsHost/app/functionMetadata.ts';
import { blobFunction } from '../../../local/functionsHost/triggers/blob/blobFunction.ts';
import type { BlobEvent } from '../../../local/functionsHost/triggers/blob/eventGrid/blobEvent.ts';
import { startBlobWatch } from '../../../local/functionsHost/triggers/blob/eventGrid/blobWatch.ts';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { servedFunction, triggerContext } from './helpers/triggerContext.ts';

let storage: Storage;

beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage.stop());

const trigger: BlobTrigger = {
  type: 'blobtrigger',
  path: 'told/{name}',
  connection: 'AzureWebJobsStorage',
  source: 'EventGrid',
  dataType: undefined,
  properties: {},
};
/** Looking again and again would find it when this test is long over. */
const hourly = { minMs: 3_600_000, maxMs: 3_600_000 };

it('sees an upload at once where storage tells of it', async () => {
  const { watchBlobs } = storage;
  const context = { ...triggerContext(storage, { handler: () => {} }), watchBlobs };
  const announced = Promise.withResolvers<BlobEvent>();
  const grid = {
    announce: async (_subscriber: unknown, event: BlobEvent) => announced.resolve(event),
    isStopped: () => false,
  };
  const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
  const container = blobs.getContainerClient('told');
  await container.create();
  const watched = blobFunction(context, servedFunction(trigger));
  const watch = await startBlobWatch(context, watched, grid, hourly);

  await container.getBlockBlobClient('a.jpg').upload('x', 1);

  expect(await announced.promise).toMatchObject({ url: `${storage.blobUrl}/told/a.jpg` });
  await watch.stop(1_000);
});

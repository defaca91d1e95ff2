/** Storage as a part of the world, with the containers and the queue that the app expects. */
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { names } from '../../shared/settings.ts';
import { type Storage, startStorage } from '../storage/startStorage.ts';
import type { WorldOptions } from '../worldOptions.ts';
import { keptIn } from './part.ts';

/** A second approved container, for photos that cameras announce. */
export const linePhotosContainer = 'line-photos';

export async function startStoragePart(options: WorldOptions): Promise<Storage> {
  const { blob, queue, table = 0, storageControl: control } = options.ports ?? {};
  const storage = await startStorage({
    ports: { blob, queue, control, table: options.hasTableService ? table : undefined },
    ...(await keptIn(options.dataDir, 'storage')),
  });
  try {
    await createContainers(storage.connectionString);
  } catch (error) {
    await storage.stop();
    throw error;
  }
  return storage;
}

/** Poison queues from the start: an alarm on a queue that isn't there stays silent. */
const ownQueues = [names.deferredQueue, names.deferredPoisonQueue, names.uploadPoisonQueue];

async function createContainers(connectionString: string): Promise<void> {
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  const containers = [names.photosContainer, linePhotosContainer, names.resultsContainer];
  await Promise.all([
    ...containers.map((name) => blobs.getContainerClient(name).createIfNotExists()),
    ...ownQueues.map((name) => queues.getQueueClient(name).createIfNotExists()),
  ]);
}

export function storageSettings({ connectionString }: Storage) {
  return {
    AzureWebJobsStorage: connectionString,
    PhotosStorage: connectionString,
    ResultsStorage: connectionString,
    APPROVED_CONTAINERS: `${names.photosContainer},${linePhotosContainer}`,
  };
}

export function storageDocument({ connectionString, controlUrl }: Storage) {
  return {
    connectionString,
    photosContainer: names.photosContainer,
    resultsContainer: names.resultsContainer,
    deferredQueue: names.deferredQueue,
    control: controlUrl,
  };
}

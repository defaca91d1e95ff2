/** Storage as a part of the world, with the containers and the queue that the app expects. */
import { BlobServiceClient, ContainerSASPermissions } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { names } from '../../shared/settings.ts';
import { openStorage, type Storage } from '../storage/startStorage.ts';
import type { WorldOptions } from '../worldOptions.ts';
import { keptIn, warningsTo } from './part.ts';

/** A second approved container, for photos that cameras announce. */
export const linePhotosContainer = 'line-photos';

export interface StoragePart {
  readonly storage: Storage;
  /** Resolves once the app's containers and queues are there; its calls before that wait. */
  readonly prepared: Promise<void>;
  stop(): Promise<void>;
}

export async function openStoragePart(options: WorldOptions): Promise<StoragePart> {
  const { blob, queue, table = 0, storageControl: control } = options.ports ?? {};
  const storage = await openStorage({
    ports: { blob, queue, control, table: options.hasTableService ? table : undefined },
    ...(await keptIn(options.dataDir, 'storage')),
    ...warningsTo(options.onLog, { level: 'error', category: 'Storage' }),
  });
  const prepared = storage.loaded.then(() => createContainers(storage.connectionString));
  // Whoever started it waits for it.
  prepared.catch(() => {});
  return { storage, prepared, stop: () => storage.stop() };
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

const uploadLifetimeMs = 30 * 24 * 60 * 60_000;

/** For whoever has curl and no storage client: may write there, and nothing else, for thirty days. */
export async function uploadAddress(storage: Storage, blobName: string): Promise<string> {
  const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
  const signed = await blobs.getContainerClient(names.photosContainer).generateSasUrl({
    permissions: ContainerSASPermissions.parse('cw'),
    expiresOn: new Date(Date.now() + uploadLifetimeMs),
  });
  return signed.replace('?', `/${encodeURIComponent(blobName)}?`);
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

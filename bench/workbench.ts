/**
 * What throughput and latency are measured on: real storage, a real hub and an endpoint that answers
 * at once, each outside this process, and the pipeline inside it.
 */
import { BlobServiceClient } from '@azure/storage-blob';
import { composition } from '../functions/composition.ts';
import '../functions/heap.ts';
import { demoPhotos } from '../local/samples/photoSet.ts';
import type { PhotoRef } from '../shared/photo/photo.ts';
import { names } from '../shared/settings.ts';
import { startWorldProcess, type WorldProcess } from './worldProcess.ts';

export interface Workbench {
  readonly world: WorldProcess;
  readonly composed: Awaited<ReturnType<typeof composition>>;
  readonly blobs: BlobServiceClient;
  /** Uploads photos under a folder of their own and names them. */
  upload(folder: string, count: number): Promise<readonly PhotoRef[]>;
  stop(): Promise<void>;
}

const distinctPhotoCount = 16;

export async function openWorkbench(seed: number): Promise<Workbench> {
  const world = await startWorldProcess();
  Object.assign(process.env, world.settings);
  const composed = await composition();
  const blobs = BlobServiceClient.fromConnectionString(world.settings['PhotosStorage'] ?? '');
  const photos = await Array.fromAsync(demoPhotos({ count: distinctPhotoCount, seed }));
  return {
    world,
    composed,
    blobs,
    async upload(folder, count) {
      const container = blobs.getContainerClient(names.photosContainer);
      const refs = Array.from({ length: count }, (_, index) => ({
        account: blobs.accountName,
        container: names.photosContainer,
        blobName: `${folder}/${index}.jpg`,
      }));
      await composed.deps.mapBounded(refs, async ({ blobName }) => {
        const index = Number(/(\d+)\.jpg$/.exec(blobName)?.[1]);
        const { jpeg } = photos[index % photos.length] ?? { jpeg: Buffer.alloc(0) };
        await container.getBlockBlobClient(blobName).uploadData(jpeg);
      });
      return refs;
    },
    async stop() {
      await composed.deps.events.close();
      await world.stop();
    },
  };
}

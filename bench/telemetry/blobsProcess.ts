/** Blob storage in a process of its own, so that measuring an app does not measure it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { BlobServiceClient } from '@azure/storage-blob';
import type { ServerCertificate } from '../../local/http/certificate.ts';
import { demoPhotos } from '../../local/samples/photoSet.ts';
import { mapBounded } from '../../shared/adapters/system/mapBounded.ts';
import { names } from '../../shared/settings.ts';
import type { BenchStorage } from './turns.ts';

export interface BlobsProcess extends BenchStorage {
  /** Of the app, in place of those of the world. */
  readonly settings: Readonly<Record<string, string>>;
  stop(): void;
}

const distinctPhotoCount = 4;
/** As a phone's photo is sent where an app makes it smaller first: 70 to 290 KB. */
const sizePx = 1_600;
const uploadsAtOnce = mapBounded(8);

/** @param certificate - has to be trusted already. */
export async function startBlobsProcess(
  seed: number,
  certificate: ServerCertificate,
): Promise<BlobsProcess> {
  const photos = await Array.fromAsync(demoPhotos({ count: distinctPhotoCount, seed, sizePx }));
  const child = fork(new URL('blobsChild.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 2, 'ipc'],
  });
  child.send(certificate);
  const [message] = await once(child, 'message');
  const connection = String(message);
  const service = BlobServiceClient.fromConnectionString(connection);
  const container = service.getContainerClient(names.photosContainer);
  return {
    settings: { PhotosStorage: connection, ResultsStorage: connection },
    upload(folder, count) {
      const places = Array.from({ length: count }, (_, index) => index);
      return uploadsAtOnce(places, async (index) => {
        const blobName = `${folder}/${index}.jpg`;
        const { jpeg } = photos[index % photos.length] ?? { jpeg: Buffer.alloc(0) };
        await container.getBlockBlobClient(blobName).uploadData(jpeg);
        return blobName;
      });
    },
    async clear() {
      const cleared = once(child, 'message');
      child.send('clear');
      await cleared;
    },
    stop: () => child.disconnect(),
  };
}

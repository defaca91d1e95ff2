/**
 * What telemetry costs: the same app with telemetry and without, in turns, in processes of their own;
 * what of it is paid for; and that an ingestion endpoint which is gone or hangs slows nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { demoPhotos } from '../local/samples/photoSet.ts';
import { mapBounded } from '../shared/adapters/system/mapBounded.ts';
import { names } from '../shared/settings.ts';
import type { Bench } from './measure.ts';
import { floodMeasures } from './telemetry/floodMeasures.ts';
import { startIngestion } from './telemetry/ingestion.ts';
import { bytesMeasures, costMeasures, sickMeasures } from './telemetry/photoMeasures.ts';
import { type BenchStorage, runRounds } from './telemetry/rounds.ts';
import { startMeasures } from './telemetry/startTimes.ts';
import {
  type Endpoints,
  keys,
  startFlooded,
  startVariants,
  telling,
} from './telemetry/variants.ts';
import { startWorldProcess } from './worldProcess.ts';

const plan = { roundCount: 10, warmUpCount: 4, lineCount: 100, stormCount: 100 };
const quickPlan = { roundCount: 1, warmUpCount: 1, lineCount: 5, stormCount: 10 };
const distinctPhotoCount = 8;
const uploadsAtOnce = mapBounded(8);

export const telemetry: Bench = async ({ seed, isQuick, say }) => {
  const folder = await mkdtemp(join(tmpdir(), 'sightglass-bench-'));
  const [healthy, hanging, world] = await Promise.all([
    startIngestion(folder),
    startIngestion(folder, true),
    startWorldProcess(),
  ]);
  const endpoints: Endpoints = { healthy, hanging };
  const variants = await startVariants(world.settings, endpoints, folder);
  const storage = await storageOf(world.settings['PhotosStorage'] ?? '', seed);
  const seen = await runRounds(variants, isQuick ? quickPlan : plan, storage, say);
  const flooded = await startFlooded(world.settings, healthy, folder);
  const flood = await floodMeasures(flooded, healthy, isQuick ? 2_000 : 100_000);
  const starts = await startMeasures(folder, telling(healthy, keys.start), isQuick ? 1 : 7);
  const measures = [
    ...costMeasures(seen),
    ...bytesMeasures(healthy.received(keys.on), seen.photoCount),
    ...sickMeasures(seen, 'dead'),
    ...sickMeasures(seen, 'hanging'),
    ...flood,
    ...starts,
  ];
  await Promise.all([healthy.stop(), hanging.stop(), world.stop()]);
  await rm(folder, { recursive: true });
  return measures;
};

async function storageOf(connectionString: string, seed: number): Promise<BenchStorage> {
  const photos = await Array.fromAsync(demoPhotos({ count: distinctPhotoCount, seed }));
  const service = BlobServiceClient.fromConnectionString(connectionString);
  const container = service.getContainerClient(names.photosContainer);
  return {
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
      for await (const { name } of service.listContainers()) {
        await service.deleteContainer(name);
        await service.createContainer(name);
      }
    },
  };
}

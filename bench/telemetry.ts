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
import type { Bench, BenchOptions } from './measure.ts';
import { floodMeasures } from './telemetry/floodMeasures.ts';
import { startIngestion } from './telemetry/ingestion.ts';
import { bytesMeasures, costMeasures, sickMeasures } from './telemetry/photoMeasures.ts';
import { startMeasures } from './telemetry/startTimes.ts';
import { type BenchStorage, runTurns, type TurnPlan } from './telemetry/turns.ts';
import {
  type Grounds,
  keys,
  startCompared,
  startFlooded,
  startSick,
  telling,
} from './telemetry/variants.ts';
import { startWorldProcess } from './worldProcess.ts';

interface Plan {
  readonly cost: TurnPlan;
  readonly sick: TurnPlan;
  readonly floodedCount: number;
  readonly startCount: number;
}

const cost = { turnCount: 20, lineCount: 32, stormCount: 48, warmUpCount: 1_000 };
const sick = { turnCount: 20, lineCount: 0, stormCount: 48, warmUpCount: 300 };
const plan: Plan = { cost, sick, floodedCount: 100_000, startCount: 7 };
const fullPlan: Plan = {
  ...plan,
  cost: { ...cost, turnCount: 80, warmUpCount: 2_000 },
  sick: { ...sick, turnCount: 100 },
};
const few = { turnCount: 2, lineCount: 3, stormCount: 5, warmUpCount: 5 };
const quickPlan: Plan = { cost: few, sick: few, floodedCount: 2_000, startCount: 1 };

const distinctPhotoCount = 8;
const uploadsAtOnce = mapBounded(8);

export const telemetry: Bench = async ({ seed, isQuick, isFull, say }) => {
  const folder = await mkdtemp(join(tmpdir(), 'sightglass-bench-'));
  const [healthy, hanging, world] = await Promise.all([
    startIngestion(folder),
    startIngestion(folder, true),
    startWorldProcess(),
  ]);
  const { settings } = world;
  const grounds: Grounds = { settings, healthy, hanging, folder };
  const storage = await storageOf(settings['PhotosStorage'] ?? '', seed);
  const { cost, sick, floodedCount, startCount } = planOf(isQuick, isFull);
  const measures = [
    ...(await compared(grounds, cost, storage, say)),
    ...(await besideSick(grounds, sick, storage, say)),
    ...(await floodMeasures(await startFlooded(grounds), healthy, floodedCount)),
    ...(await startMeasures(folder, telling(healthy, keys.start), startCount)),
  ];
  await Promise.all([healthy.stop(), hanging.stop(), world.stop()]);
  await rm(folder, { recursive: true });
  return measures;
};

function planOf(isQuick: boolean, isFull: boolean): Plan {
  if (isQuick) return quickPlan;
  return isFull ? fullPlan : plan;
}

async function compared(
  grounds: Grounds,
  turnPlan: TurnPlan,
  storage: BenchStorage,
  say: BenchOptions['say'],
) {
  const { turnCount, lineCount, stormCount, warmUpCount } = turnPlan;
  const apps = await startCompared(grounds);
  const turns = await runTurns(apps, turnPlan, storage, say);
  await Promise.all([apps.on.ask({ kind: 'stop' }), apps.off.ask({ kind: 'stop' })]);
  const comparedCount = turnCount * (lineCount + stormCount);
  return [
    ...costMeasures(turns, comparedCount),
    ...bytesMeasures(grounds.healthy.received(keys.on), warmUpCount + comparedCount),
  ];
}

async function besideSick(
  grounds: Grounds,
  turnPlan: TurnPlan,
  storage: BenchStorage,
  say: BenchOptions['say'],
) {
  const apps = await startSick(grounds);
  const turns = await runTurns(apps, turnPlan, storage, say);
  const [well, dead, hanging] = await Promise.all([
    apps.well.ask({ kind: 'stop' }),
    apps.dead.ask({ kind: 'stop' }),
    apps.hanging.ask({ kind: 'stop' }),
  ]);
  const flushes = { well, dead, hanging };
  return [...sickMeasures(turns, flushes, 'dead'), ...sickMeasures(turns, flushes, 'hanging')];
}

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

/**
 * What a test that runs everything waits for: a world from nothing to one photo's outcome and away
 * again; the event hub stand-in alone, from start to a received event and away again; and what twenty
 * worlds one after the other leave behind.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EventHubConsumerClient,
  EventHubProducerClient,
  earliestEventPosition,
} from '@azure/event-hubs';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { startEventHub } from '../local/eventHub/startEventHub.ts';
import { demoPhotos } from '../local/samples/photoSet.ts';
import { startWorld } from '../local/world.ts';
import { names } from '../shared/settings.ts';
import { holdings, type Leftovers, leftovers } from './leftovers.ts';
import type { Bench, Measure } from './measure.ts';
import { quantile } from './measure.ts';

interface Cycle {
  readonly startMs: number;
  readonly photoMs: number;
  readonly stopMs: number;
}

/**
 * Warm-up rounds load and compile the modules; they are thrown away. The heap grows by 2 MB until the
 * tenth world, of the host in this process too, and by 30 kB a world from then on.
 */
const rounds = { warmUpCount: 10, roundCount: 20 };
const quickRounds = { warmUpCount: 1, roundCount: 1 };
const pollMs = 10;

export const world: Bench = async ({ seed, isQuick, say }) => {
  const { warmUpCount, roundCount } = isQuick ? quickRounds : rounds;
  const [photo] = await Array.fromAsync(demoPhotos({ count: 1, seed }));
  const folders = ['.', await ownTemporaryFolder()];
  const cycles: Cycle[] = [];
  const standInMs: number[] = [];
  let before = holdings(folders);
  for (let round = 1 - warmUpCount; round <= roundCount; round += 1) {
    cycles.push(await worldCycle(photo?.jpeg ?? Buffer.alloc(0)));
    standInMs.push(await standInCycleMs());
    say(`round ${round}: ${JSON.stringify({ ...cycles.at(-1), standInMs: standInMs.at(-1) })}`);
    if (round === 0) before = holdings(folders);
  }
  const left = await leftovers(before, folders);
  await rm(folders[1] ?? '', { recursive: true });
  say(JSON.stringify(left));
  return [
    ...timeMeasures(cycles.slice(warmUpCount), standInMs.slice(warmUpCount)),
    ...leftoverMeasures(left, roundCount),
  ];
};

/** The temporary folder of this process and its children: what turns up there is theirs. */
async function ownTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sightglass-bench-'));
  process.env['TMPDIR'] = folder;
  return folder;
}

function timeMeasures(cycles: readonly Cycle[], standInMs: readonly number[]): Measure[] {
  const common = { case: `rounds=${cycles.length}`, unit: 'ms' } as const;
  const median = (name: string, values: readonly number[], mostMs?: number): Measure => ({
    ...common,
    name,
    value: quantile(values, 0.5),
    ...(mostMs !== undefined && { target: { op: '<=', value: mostMs } }),
  });
  const of = (part: keyof Cycle) => cycles.map((cycle) => cycle[part]);
  const whole = cycles.map(({ startMs, photoMs, stopMs }) => startMs + photoMs + stopMs);
  return [
    median('cycleMs', whole, 2_000),
    median('standInMs', standInMs, 250),
    median('startMs', of('startMs')),
    median('photoMs', of('photoMs')),
    median('stopMs', of('stopMs')),
  ];
}

/** Less than this a world costs in memory: what is compiled and cached grows a little for long. */
const mostBytesPerWorld = 100_000;

function leftoverMeasures(left: Leftovers, worldCount: number): Measure[] {
  const common = { case: `worlds=${worldCount}` } as const;
  const none = (name: string, value: number): Measure => ({
    ...common,
    name,
    value,
    unit: 'count',
    target: { op: '<=', value: 0 },
  });
  return [
    none('leftHandleCount', left.handles.length),
    none('leftProcessCount', left.childPids.length),
    none('leftFileCount', left.files.length),
    {
      ...common,
      name: 'leftBytesPerWorld',
      value: Math.max(0, left.heapBytes / worldCount),
      unit: 'bytes',
      target: { op: '<=', value: mostBytesPerWorld },
    },
  ];
}

async function worldCycle(jpeg: Buffer): Promise<Cycle> {
  const begunAtMs = performance.now();
  const running = await startWorld();
  const startedAtMs = performance.now();
  const blobs = BlobServiceClient.fromConnectionString(running.storage.connectionString);
  await blobs
    .getContainerClient(names.photosContainer)
    .getBlockBlobClient('a.jpg')
    .uploadData(jpeg);
  const results = blobs.getContainerClient(names.resultsContainer);
  while (await isEmpty(results)) await new Promise((resolve) => setTimeout(resolve, pollMs));
  const settledAtMs = performance.now();
  await running.stop();
  return {
    startMs: Math.round(startedAtMs - begunAtMs),
    photoMs: Math.round(settledAtMs - startedAtMs),
    stopMs: Math.round(performance.now() - settledAtMs),
  };
}

async function isEmpty(container: ContainerClient): Promise<boolean> {
  const first = await container.listBlobsFlat().next();
  return first.done === true;
}

async function standInCycleMs(): Promise<number> {
  const begunAtMs = performance.now();
  const hub = await startEventHub({
    hubs: [{ name: 'lines', partitionCount: 1, consumerGroups: [] }],
  });
  const producer = new EventHubProducerClient(hub.connectionString, 'lines');
  const consumer = new EventHubConsumerClient('$Default', hub.connectionString, 'lines');
  await producer.sendBatch([{ body: 'one' }]);
  await received(consumer);
  await Promise.all([producer.close(), consumer.close()]);
  await hub.stop();
  return performance.now() - begunAtMs;
}

async function received(consumer: EventHubConsumerClient): Promise<void> {
  const first = Promise.withResolvers<void>();
  const subscription = consumer.subscribe(
    {
      processEvents: async (events) => {
        if (events.length > 0) first.resolve();
      },
      processError: async (error) => first.reject(error),
    },
    { startPosition: earliestEventPosition, maxBatchSize: 1 },
  );
  await first.promise;
  await subscription.close();
}

/**
 * What a test that runs everything waits for: a world from nothing to one photo's outcome and away
 * again; and the event hub stand-in alone, from start to a received event and away again.
 */
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
import type { Bench, Measure } from './measure.ts';
import { quantile } from './measure.ts';

interface Cycle {
  readonly startMs: number;
  readonly photoMs: number;
  readonly stopMs: number;
}

const pollMs = 10;

export const world: Bench = async ({ seed, isQuick, say }) => {
  const roundCount = isQuick ? 1 : 7;
  const [photo] = await Array.fromAsync(demoPhotos({ count: 1, seed }));
  const cycles: Cycle[] = [];
  const standInMs: number[] = [];
  // The first round loads the modules and is thrown away.
  for (let round = 0; round <= roundCount; round += 1) {
    const cycle = await worldCycle(photo?.jpeg ?? Buffer.alloc(0));
    const aloneMs = await standInCycleMs();
    say(`round ${round}: world ${JSON.stringify(cycle)}, stand-in ${Math.round(aloneMs)} ms`);
    if (round === 0) continue;
    cycles.push(cycle);
    standInMs.push(aloneMs);
  }
  const common = { case: `rounds=${roundCount}`, unit: 'ms' } as const;
  const median = (name: string, values: readonly number[], mostMs?: number): Measure => ({
    ...common,
    name,
    value: quantile(values, 0.5),
    ...(mostMs !== undefined && { target: { op: '<=', value: mostMs } }),
  });
  const whole = cycles.map(({ startMs, photoMs, stopMs }) => startMs + photoMs + stopMs);
  return [
    median('cycleMs', whole, 2_000),
    median('standInMs', standInMs, 250),
    ...(['startMs', 'photoMs', 'stopMs'] as const).map((part) =>
      median(
        part,
        cycles.map((cycle) => cycle[part]),
      ),
    ),
  ];
};

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

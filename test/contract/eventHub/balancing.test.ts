/** Several consumers of one group share the partitions through a checkpoint store. */
import {
  type CheckpointStore,
  EventHubConsumerClient,
  type ReceivedEventData,
} from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { ContainerClient } from '@azure/storage-blob';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { impatient } from './helpers/clients.ts';
import { memoryCheckpointStore } from './helpers/memoryCheckpointStore.ts';
import { conformanceTarget } from './helpers/target.ts';

const subject = conformanceTarget();

const workers: EventHubConsumerClient[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.close()));
});

/** @param onEvent - is told each event, after its checkpoint was written. */
function startWorker(
  store: CheckpointStore,
  onEvent: (event: ReceivedEventData) => void = () => {},
): EventHubConsumerClient {
  const { hubName } = subject;
  const client = new EventHubConsumerClient('app', subject.connectionString(), hubName, store, {
    ...impatient,
    loadBalancingOptions: {
      strategy: 'greedy',
      updateIntervalInMs: 100,
      partitionOwnershipExpirationIntervalInMs: 10_000,
    },
  });
  client.subscribe(
    {
      processEvents: async (events, context) => {
        const last = events.at(-1);
        if (last) await context.updateCheckpoint(last);
        for (const event of events) onEvent(event);
      },
      // A reader that loses its partition to the other one hears of it here.
      processError: async () => {},
    },
    { startPosition: { offset: '-1' }, maxBatchSize: 100, maxWaitTimeInSeconds: 1 },
  );
  workers.push(client);
  return client;
}

/** Resolves once all of the bodies were seen. */
function waitForBodies(bodies: readonly string[]) {
  const missing = new Set<unknown>(bodies);
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    seen: promise,
    onEvent({ body }: ReceivedEventData): void {
      if (missing.delete(body) && missing.size === 0) resolve();
    },
  };
}

describe('load balancing', () => {
  it('shares four partitions two and two between two consumers', async () => {
    const store = memoryCheckpointStore();
    const bodies = ['0', '1', '2', '3'].map((id) => `${id} ${crypto.randomUUID()}`);
    const { seen, onEvent } = waitForBodies(bodies);
    startWorker(store, onEvent);
    await store.shared([4]);

    startWorker(store, onEvent);
    await store.shared([2, 2]);
    for (const [index, body] of bodies.entries()) {
      await subject.producer().sendBatch([{ body }], { partitionId: String(index) });
    }

    await seen;
  });

  it('hands a consumer all partitions when the other one closes', async () => {
    const store = memoryCheckpointStore();
    const first = startWorker(store);
    startWorker(store);
    await store.shared([2, 2]);

    await first.close();

    await store.shared([4]);
  });

  it('goes on behind the checkpoint of the consumer before', async () => {
    const store = memoryCheckpointStore();
    const [one, two] = [`one ${crypto.randomUUID()}`, `two ${crypto.randomUUID()}`];
    const before = waitForBodies([one]);
    const after = waitForBodies([two]);
    const later: unknown[] = [];
    await subject.producer().sendBatch([{ body: one }], { partitionId: '1' });
    const early = startWorker(store, before.onEvent);
    await before.seen;
    await early.close();
    await subject.producer().sendBatch([{ body: two }], { partitionId: '1' });

    startWorker(store, (event) => {
      later.push(event.body);
      after.onEvent(event);
    });
    await after.seen;

    expect(later).not.toContain(one);
  });
});

describe('load balancing with checkpoints in blobs', () => {
  let storage: Storage;
  let container: ContainerClient;
  beforeAll(async () => {
    storage = await startStorage();
    container = new ContainerClient(storage.connectionString, 'checkpoints');
    await container.create();
  });
  afterAll(() => storage.stop());

  it('keeps ownership and checkpoints as blobs, and goes on behind them', async () => {
    const store = new BlobCheckpointStore(container);
    const [one, two] = [`one ${crypto.randomUUID()}`, `two ${crypto.randomUUID()}`];
    const before = waitForBodies([one]);
    const after = waitForBodies([two]);
    const later: unknown[] = [];
    await subject.producer().sendBatch([{ body: one }], { partitionId: '2' });
    const early = startWorker(store, before.onEvent);
    await before.seen;
    await early.close();
    await subject.producer().sendBatch([{ body: two }], { partitionId: '2' });

    startWorker(store, (event) => {
      later.push(event.body);
      after.onEvent(event);
    });
    await after.seen;

    expect(later).not.toContain(one);
    const names = await Array.fromAsync(container.listBlobsFlat(), ({ name }) => name);
    const folder = `${subject.hubName.toLowerCase()}/app`;
    expect(names.some((name) => name.endsWith(`${folder}/checkpoint/2`))).toBe(true);
    expect(names.some((name) => name.endsWith(`${folder}/ownership/2`))).toBe(true);
  });
});

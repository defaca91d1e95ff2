/** Several consumers of one group share the partitions through a checkpoint store. */
import { EventHubConsumerClient } from '@azure/event-hubs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { clientsOf, impatient } from './helpers/clients.ts';
import {
  type MemoryCheckpointStore,
  memoryCheckpointStore,
} from './helpers/memoryCheckpointStore.ts';

let hub: EventHub;
beforeAll(async () => {
  hub = await startEventHub({
    hubs: [{ name: 'photos', partitionCount: 4, consumerGroups: ['app'] }],
  });
});
afterAll(() => hub.stop());
const { producer } = clientsOf(() => hub.connectionString);

function startWorker(
  store: MemoryCheckpointStore,
  onBody: (body: unknown) => void = () => {},
): EventHubConsumerClient {
  const client = new EventHubConsumerClient('app', hub.connectionString, 'photos', store, {
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
        for (const { body } of events) onBody(body);
      },
      // A reader that loses its partition to the other one hears of it here.
      processError: async () => {},
    },
    { startPosition: { offset: '-1' }, maxBatchSize: 10, maxWaitTimeInSeconds: 1 },
  );
  return client;
}

it('shares four partitions two and two between two consumers', async () => {
  const store = memoryCheckpointStore();
  const everyBody = Promise.withResolvers<void>();
  const bodies = new Set<unknown>();
  const onBody = (body: unknown): void => {
    if (bodies.add(body).size === 4) everyBody.resolve();
  };
  const first = startWorker(store, onBody);
  await store.shared([4]);

  const second = startWorker(store, onBody);
  await store.shared([2, 2]);
  for (const partitionId of ['0', '1', '2', '3']) {
    await producer().sendBatch([{ body: partitionId }], { partitionId });
  }

  await everyBody.promise;
  expect(bodies).toEqual(new Set(['0', '1', '2', '3']));
  await Promise.all([first.close(), second.close()]);
});

it('goes on behind the checkpoint of the consumer before', async () => {
  const store = memoryCheckpointStore();
  const checkpoint = Promise.withResolvers<unknown>();
  const later: unknown[] = [];
  const arrived = Promise.withResolvers<void>();
  await producer().sendBatch([{ body: 'one' }], { partitionId: '1' });
  const early = startWorker(store, (body) => body === 'one' && checkpoint.resolve(body));
  await checkpoint.promise;
  await early.close();
  await producer().sendBatch([{ body: 'two' }], { partitionId: '1' });

  const late = startWorker(store, (body) => {
    later.push(body);
    if (body === 'two') arrived.resolve();
  });
  await arrived.promise;

  expect(later).not.toContain('one');
  await late.close();
});

/** Several consumers of one group share the partitions through a checkpoint store. */
import type { EventHubConsumerClient } from '@azure/event-hubs';
import { EventHubConsumerClient as ConsumerClient } from '@azure/event-hubs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { clientsOf, impatient } from './helpers/clients.ts';
import { memoryCheckpointStore } from './helpers/memoryCheckpointStore.ts';

let hub: EventHub;
beforeAll(async () => {
  hub = await startEventHub({
    hubs: [{ name: 'photos', partitionCount: 4, consumerGroups: ['app'] }],
  });
});
afterAll(() => hub.stop());
const { producer } = clientsOf(() => hub.connectionString);

interface Worker {
  readonly client: EventHubConsumerClient;
  readonly owned: Set<string>;
}

function startWorker(
  store: ReturnType<typeof memoryCheckpointStore>,
  onChange: () => void,
  onBody: (body: unknown) => void = () => {},
): Worker {
  const client = new ConsumerClient('app', hub.connectionString, 'photos', store, {
    ...impatient,
    loadBalancingOptions: {
      strategy: 'greedy',
      updateIntervalInMs: 100,
      partitionOwnershipExpirationIntervalInMs: 3000,
    },
  });
  const owned = new Set<string>();
  client.subscribe(
    {
      processInitialize: async ({ partitionId }) => {
        owned.add(partitionId);
        onChange();
      },
      processClose: async (_, { partitionId }) => {
        owned.delete(partitionId);
        onChange();
      },
      processEvents: async (events, context) => {
        const last = events.at(-1);
        if (last) await context.updateCheckpoint(last);
        for (const { body } of events) onBody(body);
      },
      processError: async () => {},
    },
    { startPosition: { offset: '-1' }, maxBatchSize: 10, maxWaitTimeInSeconds: 1 },
  );
  return { client, owned };
}

it('shares four partitions two and two between two consumers', async () => {
  const store = memoryCheckpointStore();
  const balanced = Promise.withResolvers<void>();
  const workers: Worker[] = [];
  const check = (): void => {
    if (workers.length === 2 && workers.every(({ owned }) => owned.size === 2)) balanced.resolve();
  };

  workers.push(startWorker(store, check), startWorker(store, check));
  await balanced.promise;

  const owned = workers.flatMap((worker) => [...worker.owned]);
  expect(owned.sort()).toEqual(['0', '1', '2', '3']);
  await Promise.all(workers.map(({ client }) => client.close()));
});

it('goes on behind the checkpoint of the consumer before', async () => {
  const store = memoryCheckpointStore();
  const first = Promise.withResolvers<unknown>();
  const second = Promise.withResolvers<unknown>();
  const early = startWorker(store, () => {}, first.resolve);
  await producer().sendBatch([{ body: 'one' }], { partitionId: '1' });
  await first.promise;
  await early.client.close();
  await producer().sendBatch([{ body: 'two' }], { partitionId: '1' });

  const late = startWorker(store, () => {}, second.resolve);

  expect(await second.promise).toBe('two');
  await late.client.close();
});

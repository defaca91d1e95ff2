/** What the report of the quota looks at, against real storage and a real hub. */
import {
  type CheckpointStore,
  EventHubConsumerClient,
  EventHubProducerClient,
  earliestEventPosition,
} from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { blobClaimStore } from '../../../shared/adapters/blob/claimStore.ts';
import { blobClaimTallyReader } from '../../../shared/adapters/blob/claimTallyReader.ts';
import { eventHubLagReader } from '../../../shared/adapters/eventHubs/hubLagReader.ts';
import { storageBacklogReader } from '../../../shared/adapters/queue/backlogReader.ts';
import { storageDeferralQueue } from '../../../shared/adapters/queue/deferralQueue.ts';
import { photoRef, uploadOf } from '../../helpers/pipeline.ts';

const { signal } = new AbortController();
let storage: Storage;
let hub: EventHub;

beforeAll(async () => {
  [storage, hub] = await Promise.all([
    startStorage(),
    startEventHub({ hubs: [{ name: 'captures', partitionCount: 2, consumerGroups: [] }] }),
  ]);
});
afterAll(() => Promise.all([storage.stop(), hub.stop()]));

describe('the backlog on Queue storage', () => {
  const queues = () => QueueServiceClient.fromConnectionString(storage.connectionString);
  const queue = (name: string) => queues().getQueueClient(name);

  it('is empty where no queue was created yet', async () => {
    const reader = storageBacklogReader(queue('nothing'), [queue('nothing-poison')]);

    expect(await reader.read(Date.now(), signal)).toEqual({
      messageCount: 0,
      overdueMs: 0,
      poisonedCount: 0,
    });
  });

  it('counts what waits, says for how long the first is due, and takes nothing away', async () => {
    const deferrals = storageDeferralQueue(queue('waiting'));
    const nowMs = Date.now();
    await deferrals.send(JSON.stringify({ dueAtMs: nowMs - 9_000 }), 0);
    await deferrals.send(JSON.stringify({ dueAtMs: nowMs - 4_000 }), 0);
    await deferrals.send(JSON.stringify({ dueAtMs: nowMs + 60_000 }), 60_000);
    await storageDeferralQueue(queue('waiting-poison')).send('not JSON', 0);
    const reader = storageBacklogReader(queue('waiting'), [queue('waiting-poison')]);

    for (const look of ['first', 'second']) {
      expect(await reader.read(nowMs, signal), `the ${look} look`).toEqual({
        messageCount: 3,
        overdueMs: 9_000,
        poisonedCount: 1,
      });
    }
  });

  it('goes by when a message was sent where it does not say when it is due', async () => {
    const before = Date.now();
    await storageDeferralQueue(queue('foreign')).send('not JSON', 0);
    const { overdueMs } = await storageBacklogReader(queue('foreign'), []).read(
      before + 5_000,
      signal,
    );

    expect(overdueMs).toBeGreaterThan(1_000);
    expect(overdueMs).toBeLessThanOrEqual(6_000);
  });
});

describe('the tally of claims on Blob storage', () => {
  it('counts those held, and none where none was ever taken', async () => {
    const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
    const container = blobs.getContainerClient('inflight');
    const reader = blobClaimTallyReader(container);
    expect(await reader.read(signal)).toEqual({ heldCount: 0, oldestMs: 0 });

    const claims = blobClaimStore(container);
    for (const outcomeKey of ['one', 'two']) {
      const work = uploadOf(photoRef);
      await claims.take({ outcomeKey, owner: 'me', ttlMs: 60_000, work }, signal);
    }
    const { heldCount, oldestMs } = await reader.read(signal);

    expect(heldCount).toBe(2);
    expect(oldestMs).toBeGreaterThanOrEqual(0);
    expect(oldestMs).toBeLessThan(20_000);
  });
});

describe('the lag of a hub', () => {
  const lagOf = async (checkpoints: Pick<CheckpointStore, 'listCheckpoints'>) => {
    const client = new EventHubProducerClient(hub.connectionString, 'captures');
    try {
      return await eventHubLagReader(client, checkpoints, '$Default').read(signal);
    } finally {
      await client.close();
    }
  };

  it('is what came after the checkpoint of each partition, as the host writes them', async () => {
    const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
    const container = blobs.getContainerClient('azure-webjobs-eventhub');
    await container.createIfNotExists();
    const checkpoints = new BlobCheckpointStore(container);
    expect(await lagOf(checkpoints)).toEqual([
      { hub: 'captures', partition: '0', eventCount: 0 },
      { hub: 'captures', partition: '1', eventCount: 0 },
    ]);

    const producer = new EventHubProducerClient(hub.connectionString, 'captures');
    await producer.sendBatch(
      Array.from({ length: 5 }, () => ({ body: 'x' })),
      { partitionId: '1' },
    );
    await producer.close();
    expect((await lagOf(checkpoints))[1]).toMatchObject({ eventCount: 5 });

    const consumer = new EventHubConsumerClient(
      '$Default',
      hub.connectionString,
      'captures',
      checkpoints,
    );
    let isMarked = false;
    const subscription = consumer.subscribe(
      {
        async processEvents(events, context) {
          const third = events.find(({ sequenceNumber }) => sequenceNumber === 2);
          if (!third) return;
          await context.updateCheckpoint(third);
          isMarked = true;
        },
        processError: async () => {},
      },
      { startPosition: earliestEventPosition },
    );
    await vi.waitFor(() => expect(isMarked).toBe(true), { timeout: 20_000, interval: 50 });
    await subscription.close();
    await consumer.close();

    expect((await lagOf(checkpoints))[1]).toEqual({
      hub: 'captures',
      partition: '1',
      eventCount: 2,
    });
  });

  it('says which hub could not be seen', async () => {
    const away = { listCheckpoints: () => Promise.reject(new Error('storage is away')) };

    await expect(lagOf(away)).rejects.toMatchObject({
      code: 'EVENTS_UNAVAILABLE',
      details: { hub: 'captures' },
    });
  });
});

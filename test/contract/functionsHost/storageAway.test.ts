import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { QueueTrigger } from '../../../local/functionsHost/app/functionMetadata.ts';
import { startQueueListener } from '../../../local/functionsHost/triggers/queue/queueListener.ts';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { startBlobHost } from './helpers/blobHost.ts';
import { servedFunction, triggerContext } from './helpers/triggerContext.ts';

const patience = { timeout: 30_000, interval: 50 };
/** What was measured on the real host is 12 s: `AWAY_MS=12000` is that. */
const awayMs = Number(process.env['AWAY_MS'] ?? 1_500);
const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const portOf = (url: string) => Number(new URL(url).port);

/** Storage on disk that can go away and come back where it was. */
async function leavingStorage() {
  const dataDir = await mkdtemp(join(tmpdir(), 'storage-away-'));
  cleanUps.push(() => rm(dataDir, { recursive: true }));
  let storage = await startStorage({ dataDir });
  const ports = { blob: portOf(storage.blobUrl), queue: portOf(storage.queueUrl) };
  cleanUps.push(() => storage.stop());
  return {
    storage: () => storage,
    leave: () => storage.stop(),
    async comeBack() {
      storage = await startStorage({ dataDir, ports });
    },
  };
}

async function queueHost(storage: Storage, handler: (text: string) => Promise<void>) {
  const trigger: QueueTrigger = {
    type: 'queuetrigger',
    queueName: 'work',
    connection: 'AzureWebJobsStorage',
  };
  const hostJson = { extensions: { queues: { maxPollingInterval: '00:00:00.5' } } };
  const context = triggerContext(storage, {
    hostJson,
    handler: ({ data }) => handler(data.string ?? ''),
  });
  const listener = await startQueueListener(context, servedFunction(trigger), { leaseSeconds: 2 });
  cleanUps.push(() => listener.stop(1_000));
}

function clients({ connectionString }: Storage) {
  const queue = QueueServiceClient.fromConnectionString(connectionString).getQueueClient('work');
  const container =
    BlobServiceClient.fromConnectionString(connectionString).getContainerClient('photos');
  return {
    create: () => Promise.all([queue.create(), container.create()]),
    send: (text: string) => queue.sendMessage(Buffer.from(text).toString('base64')),
    upload: (name: string) => container.getBlockBlobClient(name).upload('x', 1),
  };
}

describe('storage that is away for a while', () => {
  it('leaves the host up; messages and blobs come when it is back', async () => {
    const { storage, leave, comeBack } = await leavingStorage();
    const client = clients(storage());
    await client.create();
    const texts: string[] = [];
    const names: string[] = [];
    const running = Promise.withResolvers<void>();
    await queueHost(storage(), async (text) => {
      if (texts.push(text) === 1) await running.promise;
    });
    const blobHost = await startBlobHost(storage(), {
      hostId: 'photos',
      raisesBlobEvents: true,
      handler: ({ metadata }) => names.push(metadata?.['name']?.string ?? ''),
    });
    cleanUps.push(() => blobHost.stop());
    await client.upload('before');
    await client.send('in hand');
    await vi.waitFor(
      () => expect([texts, names]).toStrictEqual([['in hand'], ['before']]),
      patience,
    );

    await leave();
    const leftAtMs = Date.now();
    running.resolve();
    await vi.waitFor(() => expect(Date.now() - leftAtMs).toBeGreaterThan(awayMs), patience);
    await comeBack();
    await clients(storage()).send('after');
    await clients(storage()).upload('after');

    await vi.waitFor(() => {
      expect(names).toContain('after');
      expect(texts).toContain('after');
    }, patience);
  }, 120_000);
});

import { cpus } from 'node:os';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { QueueTrigger } from '../../../local/functionsHost/app/functionMetadata.ts';
import type { Listener } from '../../../local/functionsHost/triggers/listener.ts';
import { startQueueListener } from '../../../local/functionsHost/triggers/queue/queueListener.ts';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import {
  servedFunction,
  type TriggerContextOptions,
  triggerContext,
} from './helpers/triggerContext.ts';

const patience = { timeout: 20_000, interval: 20 };
let storage: Storage;
let queues: QueueServiceClient;
const listeners: Listener[] = [];

beforeAll(async () => {
  storage = await startStorage();
  queues = QueueServiceClient.fromConnectionString(storage.connectionString);
});
afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.stop(1_000)));
});
afterAll(() => storage.stop());

interface Listening extends TriggerContextOptions {
  readonly queueName: string;
  readonly queues?: Record<string, unknown>;
  readonly leaseSeconds?: number;
  readonly retryCount?: number;
}

async function listen({ queueName, retryCount, leaseSeconds, ...options }: Listening) {
  const hostJson = {
    extensions: { queues: { maxPollingInterval: '00:00:00.2', ...options.queues } },
  };
  const trigger: QueueTrigger = {
    type: 'queuetrigger',
    queueName,
    connection: 'AzureWebJobsStorage',
  };
  const retryPolicy =
    retryCount === undefined
      ? undefined
      : ({ retryStrategy: 'fixedDelay', maxRetryCount: retryCount, delayInterval: 0 } as const);
  const listener = await startQueueListener(
    triggerContext(storage, { ...options, hostJson }),
    servedFunction(trigger, { retryPolicy }),
    leaseSeconds === undefined ? {} : { leaseSeconds },
  );
  listeners.push(listener);
  return listener;
}

async function send(queueName: string, ...texts: string[]): Promise<void> {
  const queue = queues.getQueueClient(queueName);
  await queue.createIfNotExists();
  for (const text of texts) await queue.sendMessage(text);
}

const encoded = (text: string) => Buffer.from(text).toString('base64');

async function peek(queueName: string): Promise<string[]> {
  const queue = queues.getQueueClient(queueName);
  if (!(await queue.exists())) return [];
  const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems.map(({ messageText }) => messageText);
}

/** Handlers that end when they are told to. */
function heldHandler() {
  const held: (() => void)[] = [];
  const counts = { running: 0, most: 0, started: 0 };
  return {
    counts,
    release: () => held.shift()?.(),
    async handler() {
      counts.running += 1;
      counts.started += 1;
      counts.most = Math.max(counts.most, counts.running);
      await new Promise<void>((resolve) => held.push(resolve));
      counts.running -= 1;
    },
  };
}

describe('a queue’s messages', () => {
  it('arrive as they are where host.json says that they are not encoded', async () => {
    const bodies: unknown[] = [];
    await send('plain', 'not base64!', 'aGVsbG8=');

    const listener = await listen({
      queueName: 'plain',
      queues: { messageEncoding: 'none' },
      handler: ({ data }) => bodies.push(data.string),
    });
    await listener.settle();

    expect(bodies).toStrictEqual(['not base64!', 'aGVsbG8=']);
  });

  it('are tried as often as the retry policy and maxDequeueCount say together', async () => {
    let attemptCount = 0;
    await send('stubborn', encoded('x'));

    const listener = await listen({
      queueName: 'stubborn',
      queues: { maxDequeueCount: 2 },
      retryCount: 2,
      handler: () => {
        attemptCount += 1;
        throw new Error('always');
      },
    });
    await listener.settle();

    expect(attemptCount).toBe(6);
    expect(await peek('stubborn-poison')).toStrictEqual([encoded('x')]);
  });

  it('of a poison queue come back as their lease ends, however often: it has no poison queue', async () => {
    let attemptCount = 0;
    await send('given-up-poison', 'no base64!', encoded('x'));

    await listen({
      queueName: 'given-up-poison',
      queues: { maxDequeueCount: 1 },
      leaseSeconds: 1,
      handler: () => {
        attemptCount += 1;
        if (attemptCount < 3) throw new Error('away');
      },
    });
    await vi.waitFor(() => expect(attemptCount).toBe(3), patience);

    await vi.waitFor(async () => {
      expect(await peek('given-up-poison')).toStrictEqual(['no base64!']);
    }, patience);
    expect(await peek('given-up-poison-poison')).toStrictEqual([]);
  });

  it('rest for visibilityTimeout after they failed', async () => {
    const triedAtMs: number[] = [];
    await send('resting', encoded('x'));

    await listen({
      queueName: 'resting',
      queues: { visibilityTimeout: '00:00:02' },
      handler: () => {
        if (triedAtMs.push(Date.now()) === 1) throw new Error('once');
      },
    });
    await vi.waitFor(() => expect(triedAtMs).toHaveLength(2), patience);

    const [firstAtMs = 0, secondAtMs = 0] = triedAtMs;
    // Storage counts whole seconds.
    expect(secondAtMs - firstAtMs).toBeGreaterThanOrEqual(1_000);
  });

  it('are never more in hand than batchSize and newBatchThreshold together', async () => {
    const { handler, counts, release } = heldHandler();
    await send('many', ...Array.from({ length: 7 }, (_none, index) => encoded(`${index}`)));

    await listen({
      queueName: 'many',
      queues: { batchSize: 2, newBatchThreshold: 1 },
      handler,
    });
    await vi.waitFor(() => expect(counts.running).toBe(2), patience);
    // One at a time: two let go at once would leave no moment with three in hand.
    release();
    await vi.waitFor(() => expect(counts.running).toBe(3), patience);
    await vi.waitFor(() => {
      release();
      expect(counts).toMatchObject({ started: 7, running: 0 });
    }, patience);

    expect(counts.most).toBe(3);
  });

  it('come while half a batch for each core is in hand, where host.json names no threshold', async () => {
    const { handler, counts, release } = heldHandler();
    const batchSize = 4;
    const thresholdCount = (batchSize / 2) * cpus().length;
    const expectedCount = Math.floor(thresholdCount / batchSize) * batchSize + batchSize;
    const sent = Array.from({ length: expectedCount }, (_none, index) => encoded(`${index}`));
    await send('plenty', ...sent);

    await listen({ queueName: 'plenty', queues: { batchSize }, handler });

    await vi.waitFor(() => expect(counts.running).toBe(expectedCount), patience);
    for (let index = 0; index < expectedCount; index += 1) release();
  });

  it('stay with a host whose handler takes longer than the lease', async () => {
    const { handler, counts, release } = heldHandler();
    await send('slow', encoded('x'));

    const first = await listen({ queueName: 'slow', leaseSeconds: 1, handler });
    await listen({ queueName: 'slow', leaseSeconds: 1, handler });
    await vi.waitFor(() => expect(counts.started).toBe(1), patience);
    const startedAtMs = Date.now();
    // Two leases would have run out meanwhile.
    await vi.waitFor(() => expect(Date.now() - startedAtMs).toBeGreaterThan(2_500), patience);
    release();
    await first.settle();

    expect(counts.started).toBe(1);
    expect(await peek('slow')).toStrictEqual([]);
  });

  it('are handled once where several hosts share a queue', async () => {
    const bodies: (string | undefined)[] = [];
    const sent = Array.from({ length: 24 }, (_none, index) => `${index}`);
    await send('shared', ...sent.map(encoded));

    const handler: TriggerContextOptions['handler'] = ({ data }) => bodies.push(data.string);
    const hosts = await Promise.all(
      [1, 2, 3].map(() => listen({ queueName: 'shared', queues: { batchSize: 4 }, handler })),
    );
    await Promise.all(hosts.map((listener) => listener.settle()));

    expect(bodies).toHaveLength(sent.length);
    expect(new Set(bodies)).toStrictEqual(new Set(sent));
  });
});

/** The event hub's port among strangers: nothing they send may cost its clients anything. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { EventHubProducerClient } from '@azure/event-hubs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { garbage, halfOpen, openAndDrop, sendGarbage } from '../../helpers/hostile.ts';
import { standInOnly } from './helpers/target.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const hubs = [{ name: 'photos', partitionCount: 1, consumerGroups: [] }];
const mostLeftBytes = 20 * 1024 * 1024;

standInOnly('hostile callers', () => {
  let hub: EventHub;
  let producer: EventHubProducerClient;
  const problems: unknown[] = [];
  const note = (error: unknown) => void problems.push(error);

  beforeAll(async () => {
    process.on('uncaughtException', note);
    hub = await startEventHub({ hubs });
    producer = new EventHubProducerClient(hub.connectionString, 'photos');
    await producer.sendBatch([{ body: 'before' }]);
  });
  afterAll(async () => {
    process.off('uncaughtException', note);
    await producer.close();
    await hub.stop();
  });

  /** The SDK is served on its old connection and on a new one, and nobody else is left. */
  async function expectUnharmed(): Promise<void> {
    const another = new EventHubProducerClient(hub.connectionString, 'photos');
    await producer.sendBatch([{ body: 'old' }]);
    await another.sendBatch([{ body: 'new' }]);
    await another.close();
    await expect.poll(() => hub.stats().connectionCount, { timeout: 10_000 }).toBe(1);
    expect(problems).toEqual([]);
  }

  it(`survives ${Object.keys(garbage).length} kinds of garbage`, async () => {
    await sendGarbage(hub.port);

    await expectUnharmed();
  });

  it('survives 10,000 connections that are opened and dropped, and keeps none of their memory', async () => {
    await openAndDrop(hub.port, 200);
    const beforeBytes = heldBytes();

    await openAndDrop(hub.port, 10_000);

    await expectUnharmed();
    expect(heldBytes() - beforeBytes).toBeLessThan(mostLeftBytes);
  }, 120_000);

  it('lets go of half-open connections', async () => {
    const sockets = await halfOpen(hub.port, 500);

    await expectUnharmed();

    for (const socket of sockets) socket.destroy();
  });
});

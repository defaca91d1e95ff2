/** What the stand-in adds to the contract: faults, files, retention, its clock and a clean stop. */
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { EventHubOptions } from '../../../local/eventHub/eventHubOptions.ts';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { clientsOf, read } from './helpers/clients.ts';
import { standInOnly } from './helpers/target.ts';

let hub: EventHub;
const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

// Registered last, so that clients close before their hub stops.
const { producer, consumer } = clientsOf(() => hub.connectionString);

async function start(options: Partial<EventHubOptions> = {}): Promise<void> {
  hub = await startEventHub({
    hubs: [{ name: 'photos', partitionCount: 1, consumerGroups: ['app'] }],
    ...options,
  });
  cleanUps.unshift(hub.stop);
}

async function dataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'event-hub-'));
  cleanUps.push(() => rm(folder, { recursive: true }));
  return folder;
}

async function bodies(count: number, options = {}): Promise<unknown[]> {
  const events = await read(consumer(), '0', options).received(count);
  return events.map(({ body }) => body);
}

standInOnly('data folder', () => {
  it('keeps events and goes on with the sequence in the next start', async () => {
    const folder = await dataDir();
    await start({ dataDir: folder });
    await producer().sendBatch([{ body: 'one', properties: { n: 1 } }]);
    await hub.stop();

    await start({ dataDir: folder });
    await producer().sendBatch([{ body: 'two' }]);

    const events = await read(consumer(), '0').received(2);
    expect(events.map(({ body, sequenceNumber }) => [body, sequenceNumber])).toEqual([
      ['one', 0],
      ['two', 1],
    ]);
    expect(events[0]?.properties).toEqual({ n: 1 });
  });

  it('drops a record that was cut off and continues behind the last whole one', async () => {
    const folder = await dataDir();
    await start({ dataDir: folder });
    await producer().sendBatch([{ body: 'whole' }]);
    await hub.stop();
    await appendFile(join(folder, 'photos', '0.log'), Buffer.from([0, 0, 1, 0, 7, 7]));

    await start({ dataDir: folder });
    await producer().sendBatch([{ body: 'next' }]);
    await hub.stop();
    await start({ dataDir: folder });

    expect(await bodies(2)).toEqual(['whole', 'next']);
  });
});

standInOnly('instances', () => {
  it('keeps two in one process apart', async () => {
    await start();
    const other = await startEventHub({ hubs: [{ name: 'photos', partitionCount: 2 }], key: 'k2' });
    cleanUps.push(other.stop);

    await producer().sendBatch([{ body: 1 }]);

    expect(other.port).not.toBe(hub.port);
    expect(other.stats().receivedEventCount).toBe(0);
    expect(hub.stats().receivedEventCount).toBe(1);
  });

  it('stops with clients still connected and frees port and timers', async () => {
    const timersBefore = process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
    await start();
    const socket = createConnection(hub.port, '127.0.0.1');
    const opened = Promise.withResolvers<unknown>();
    const answered = Promise.withResolvers<unknown>();
    const closed = Promise.withResolvers<unknown>();
    socket
      .once('connect', opened.resolve)
      .once('close', closed.resolve)
      .on('error', () => {});
    await opened.promise;
    socket.once('data', answered.resolve).write(Buffer.from('AMQP\u0000\u0001\u0000\u0000'));
    await answered.promise;

    await Promise.all([hub.stop(), hub.stop()]);

    await closed.promise;
    expect(hub.stats().connectionCount).toBe(0);
    const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
    expect(timers.length).toBeLessThanOrEqual(timersBefore.length);
    const again = await startEventHub({
      hubs: [{ name: 'photos', partitionCount: 1 }],
      port: hub.port,
    });
    await again.stop();
  });
});

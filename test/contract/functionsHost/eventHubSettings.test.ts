/** What host.json and the connection say of Event Hubs, as the hub sees it. */
import { EventHubProducerClient } from '@azure/event-hubs';
import { describe, expect, it, vi } from 'vitest';
import { startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { hubHosts } from './helpers/hubHosts.ts';
import { told } from './helpers/hubWorld.ts';

const { start, startWith, watchedHub, world } = hubHosts({ plain: 1, long: 1, text: 1, shared: 1 });

const base64 = (text: string) => Buffer.from(text).toString('base64');
const patient = { timeout: 25_000, interval: 50 };

describe('an event hub without a checkpoint', () => {
  it('is read from its end where host.json says so', async () => {
    await world().send('plain', [told('nothing', 'before')]);
    const { book } = await start('onPlain', { initialOffsetOptions: { type: 'fromEnd' } });
    await vi.waitFor(() => expect(world().hub.stats().readerCount).toBe(1), patient);

    await world().send('plain', [told('nothing', 'after')]);

    const { value } = await book.arrival('onPlain');
    expect(value).toStrictEqual([`bytes:${base64('after')}`]);
  });

  it('is read from a time on where host.json says so', async () => {
    await world().send('long', [told('nothing', 'too early')]);
    // Another millisecond than that event's: times on the hub have no finer ones.
    const sentAtMs = Date.now();
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(sentAtMs + 1), patient);
    const enqueuedTimeUtc = new Date().toISOString();
    await world().send('long', [told('nothing', 'in time')]);

    const { book } = await start('onLong', {
      initialOffsetOptions: { type: 'fromEnqueuedTime', enqueuedTimeUtc },
    });

    const { value } = await book.arrival('onLong');
    expect(value).toStrictEqual([`bytes:${base64('in time')}`]);
  });
});

describe('an event hub’s reader', () => {
  it('fetches no more than prefetchCount ahead of the function', async () => {
    const before = world().hub.stats().deliveredEventCount;
    await world().send(
      'shared',
      Array.from({ length: 50 }, () => told('lingers')),
    );

    const { book } = await start('onShared', { maxEventBatchSize: 1, prefetchCount: 5 });
    await book.arrival('onShared');

    expect(world().hub.stats().deliveredEventCount - before).toBe(5);
  });

  it('hands over ten events at most where the host is the older one and host.json says nothing', async () => {
    const bodies = Array.from({ length: 15 }, (_, index) => told('nothing', `event ${index}`));
    await world().send('long', bodies);

    const { book } = await startWith(['onLong'], { dialect: 'older' });
    await book.until(() => book.arrivals('onLong').flatMap(({ value }) => value).length >= 15);

    const sizes = book.arrivals('onLong').map(({ value }) => [value].flat().length);
    expect(Math.max(...sizes)).toBe(10);
  });

  it.each([
    ['AmqpWebSockets', 'websocket'],
    ['amqpTcp', 'amqp'],
  ])('comes as transportType %s says', async (transportType, way) => {
    const { ways, address } = await watchedHub();
    const { book } = await start('onText', { transportType }, address);

    await world().send('text', [told('nothing', way)]);

    await book.arrival('onText', ({ value }) => JSON.stringify(value).includes(way));
    expect(new Set(ways.seen)).toStrictEqual(new Set([way]));
  });

  it('goes to the hub that the connection string names, whatever the function says', async () => {
    const { book } = await start('onPlain', {}, `${world().hub.connectionString}EntityPath=text`);

    await world().send('text', [told('nothing', 'elsewhere')]);

    const { metadata } = await book.arrival('onPlain', ({ value }) =>
      JSON.stringify(value).includes(base64('elsewhere')),
    );
    expect(metadata['partitionContext']).toMatchObject({ eventHubName: 'text' });
  });
});

describe('an event hub that is away', () => {
  it('lets the host start all the same, is said to be away, and is read once it is there', async () => {
    const options = {
      hubs: [{ name: 'retry', partitionCount: 1, consumerGroups: [] }],
      key: 'c29tZSBrZXk=',
    };
    const gone = await startEventHub(options);
    await gone.stop();
    const clientRetryOptions = { mode: 'fixed', delay: '00:00:00.1' };

    const { host, book } = await start('onRetry', { clientRetryOptions }, gone.connectionString);
    const status = await (await fetch(`${host.url}/admin/host/status`)).json();
    await book.until(() => book.logs.some(({ message }) => /retry can't be reached/.test(message)));
    const late = await startEventHub({ ...options, port: gone.port });
    const producer = new EventHubProducerClient(late.connectionString, 'retry');
    await producer.sendBatch([told('nothing', 'late')]);
    await producer.close();

    expect(status).toMatchObject({ state: 'Running' });
    const { value } = await book.arrival('onRetry');
    expect(value).toStrictEqual([`bytes:${base64('late')}`]);
    await host.stop();
    await late.stop();
  });

  it('does not hold up a host that is told to go', async () => {
    const gone = await startEventHub({ hubs: [{ name: 'plain', partitionCount: 1 }] });
    await gone.stop();
    const { host } = await start('onPlain', {}, gone.connectionString);
    const toldAtMs = performance.now();

    await host.stop();

    expect(performance.now() - toldAtMs).toBeLessThan(8_000);
  });
});

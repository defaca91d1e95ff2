/** Trouble to order, and how the SDK takes it. The same faults by object and over HTTP. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { clientsOf, failureCodes, noRetry, read } from './helpers/clients.ts';
import { standInOnly } from './helpers/target.ts';

let hub: EventHub;
beforeEach(async () => {
  const hubs = [
    { name: 'photos', partitionCount: 4, consumerGroups: ['app'] },
    { name: 'other', partitionCount: 1 },
  ];
  hub = await startEventHub({ hubs });
});
afterEach(() => hub.stop());
// Registered last, so that clients close before their hub stops.
const { producer, consumer } = clientsOf(() => hub.connectionString);

function sendTo(partitionId: string, ...bodies: unknown[]): Promise<void> {
  return producer().sendBatch(
    bodies.map((body) => ({ body })),
    { partitionId },
  );
}

/** The bodies of one reader over all partitions, in the order in which they came. */
function readAll(count: number): { readonly arrived: Promise<unknown[]>; open(): Promise<void> } {
  const bodies: unknown[] = [];
  const arrived = Promise.withResolvers<unknown[]>();
  const client = consumer();
  client.subscribe(
    {
      async processEvents(events) {
        for (const { body } of events) bodies.push(body);
        if (bodies.length >= count) arrived.resolve(bodies);
      },
      processError: async (error) => arrived.reject(error),
    },
    { startPosition: { offset: '-1' }, maxBatchSize: 1 },
  );
  return {
    arrived: arrived.promise,
    open: () => expect.poll(() => hub.stats().readerCount, { timeout: 10_000 }).toBe(4),
  };
}

standInOnly('faults', () => {
  it('answers the ordered number of sends with server-busy', async () => {
    hub.control.faults.add({ name: 'busy', count: 2 });
    const client = producer('photos', noRetry);

    expect(await failureCodes(client.sendBatch([{ body: 1 }]))).toEqual(['ServerBusyError']);
    expect(hub.control.faults.list()).toEqual([{ name: 'busy', count: 1 }]);
    // The retrying client meets the second fault and gets through after it.
    await sendTo('0', 2);

    expect(hub.control.faults.list()).toEqual([]);
    expect(hub.stats()).toMatchObject({ rejectedSendCount: 2, receivedEventCount: 1 });
  });

  it('rejects with the ordered condition at the ordered place until cleared', async () => {
    const condition = 'com.microsoft:argument-error';
    hub.control.faults.add({ name: 'reject', condition, hub: 'PHOTOS', partitionId: '1' });
    const send = (name: string, partitionId: string) =>
      failureCodes(producer(name, noRetry).sendBatch([{ body: 1 }], { partitionId }));

    expect(await send('photos', '1')).toEqual(['ArgumentError']);
    expect(await send('photos', '0')).toEqual([]);
    expect(await send('other', '0')).toEqual([]);
    hub.control.faults.clear();
    expect(await send('photos', '1')).toEqual([]);
  });

  it.each([
    ['amqp:internal-error', 'InternalServerError'],
    ['amqp:link:message-size-exceeded', 'MessageTooLargeError'],
    ['amqp:not-allowed', 'InvalidOperationError'],
    ['amqp:unauthorized-access', 'UnauthorizedError'],
    ['com.microsoft:argument-out-of-range', 'ArgumentOutOfRangeError'],
    ['com.microsoft:timeout', 'ServiceUnavailableError'],
  ] as const)('rejects with %s, which the SDK calls %s', async (condition, code) => {
    hub.control.faults.add({ name: 'reject', condition, count: 1 });

    const codes = await failureCodes(producer('photos', noRetry).sendBatch([{ body: 1 }]));

    expect(codes).toEqual([code]);
  });

  it('refuses to store more than fits with the quota error', async () => {
    hub.control.faults.add({ name: 'storeFull', count: 1 });

    const codes = await failureCodes(producer('photos', noRetry).sendBatch([{ body: 1 }]));

    expect(codes).toEqual(['QuotaExceededError']);
    expect(hub.stats().receivedEventCount).toBe(0);
  });

  it('drops connections, and clients come back without loss', async () => {
    await sendTo('0', 1);
    const reading = read(consumer(), '0');
    await reading.received(1);

    hub.control.faults.add({ name: 'dropConnections' });
    await sendTo('0', 2);

    const events = await reading.received(2);
    expect(events.map(({ body }) => body)).toEqual([1, 2]);
  });

  it('detaches the readers of one partition with a condition, and leaves the others', async () => {
    const condition = 'com.microsoft:argument-error';
    await Promise.all([sendTo('0', 'a'), sendTo('1', 'b')]);
    const [zero, one] = [read(consumer(), '0'), read(consumer(), '1')];
    await Promise.all([zero.received(1), one.received(1)]);

    hub.control.faults.add({ name: 'detach', links: 'readers', partitionId: '0', condition });
    await sendTo('1', 'c');

    expect(await zero.failure()).toBe('ArgumentError');
    expect((await one.received(2)).map(({ body }) => body)).toEqual(['b', 'c']);
    expect(hub.stats().readerCount).toBe(1);
  });

  it('detaches publishers, and their next send opens a new link', async () => {
    const client = producer();
    await client.sendBatch([{ body: 1 }]);
    expect(hub.stats().publisherCount).toBe(1);

    hub.control.faults.add({ name: 'detach', links: 'publishers' });
    expect(hub.stats().publisherCount).toBe(0);
    // An answer on the same connection shows that the client has heard of it.
    await client.getPartitionIds();
    await client.sendBatch([{ body: 2 }]);

    expect(hub.stats()).toMatchObject({ publisherCount: 1, receivedEventCount: 2 });
  });

  it('holds back the answer to a send that is already stored', async () => {
    const client = producer('photos', { retryOptions: { maxRetries: 0, timeoutInMs: 1000 } });
    await client.sendBatch([{ body: 1 }]);
    hub.control.faults.add({ name: 'slow', what: 'answers', delayMs: 60_000 });

    const codes = await failureCodes(client.sendBatch([{ body: 2 }]));

    expect(codes).toEqual(['OperationTimeoutError']);
    expect(hub.stats().receivedEventCount).toBe(2);
  });

  it('holds back deliveries, of the ordered partition only', async () => {
    const delayMs = 700;
    await Promise.all([sendTo('0', 'late'), sendTo('1', 'soon')]);
    hub.control.faults.add({ name: 'slow', what: 'deliveries', partitionId: '0', delayMs });
    const order: string[] = [];
    const startedAtMs = performance.now();

    const late = read(consumer(), '0').received(1);
    const soon = read(consumer(), '1').received(1);
    await Promise.all([late.then(() => order.push('late')), soon.then(() => order.push('soon'))]);

    expect(order).toEqual(['soon', 'late']);
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(delayMs);
  });

  it('turns the order of partitions around, never the order within one', async () => {
    const reading = readAll(8);
    await reading.open();
    hub.control.faults.add({ name: 'reorder', windowMs: 1000 });

    for (const partitionId of ['0', '1', '2', '3']) {
      await sendTo(partitionId, `${partitionId}a`, `${partitionId}b`);
    }

    const bodies = (await reading.arrived).map(String);
    expect(bodies[0]).not.toBe('0a');
    for (const partitionId of ['0', '1', '2', '3']) {
      const own = bodies.filter((body) => body.startsWith(partitionId));
      expect(own).toEqual([`${partitionId}a`, `${partitionId}b`]);
    }
  });

  it('delivers the ordered number of events twice, in a row', async () => {
    hub.control.faults.add({ name: 'duplicate', count: 2, partitionId: '0' });
    await sendTo('0', 1, 2, 3);

    const events = await read(consumer(), '0').received(5);

    expect(events.map(({ body }) => body)).toEqual([1, 1, 2, 2, 3]);
    expect(events.map(({ sequenceNumber }) => sequenceNumber)).toEqual([0, 0, 1, 1, 2]);
  });
});

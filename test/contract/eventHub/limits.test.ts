/** What is too much: sizes, throughput, and time. */
import { afterEach, describe, expect, it } from 'vitest';
import type { EventHubOptions } from '../../../local/eventHub/eventHubOptions.ts';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { clientsOf, failureCodes, noRetry, read } from './helpers/clients.ts';
import { conformanceTarget, standInOnly } from './helpers/target.ts';

const subject = conformanceTarget();

describe('size limits', () => {
  it('announces the limit of a publication, and a batch takes no more', async () => {
    const batch = await subject.producer().createBatch();

    expect(batch.maxSizeInBytes).toBe(1_048_576);
    expect(batch.tryAdd({ body: Buffer.alloc(batch.maxSizeInBytes) })).toBe(false);
    expect(batch.tryAdd({ body: Buffer.alloc(1_000_000) })).toBe(true);
    expect(batch.tryAdd({ body: Buffer.alloc(100_000) })).toBe(false);
  });

  it('stores an event just below the limit', async () => {
    const body = Buffer.alloc(1_048_000, 7);

    const [event] = await subject.echo('0', [{ body }]);

    expect(Buffer.compare(body, event?.body)).toBe(0);
  });

  it('refuses an event above the limit', async () => {
    const producer = subject.producer(subject.hubName, noRetry);

    const codes = await failureCodes(producer.sendBatch([{ body: Buffer.alloc(1_100_000) }]));

    expect(codes).toEqual(['MessageTooLargeError']);
  });

  it('refuses an array of small events that is too large as a whole, and stores none', async () => {
    const producer = subject.producer(subject.hubName, noRetry);
    const before = await subject.nextSequenceNumber('1');
    const events = Array.from({ length: 1200 }, () => ({ body: Buffer.alloc(1000) }));

    const codes = await failureCodes(producer.sendBatch(events, { partitionId: '1' }));

    expect(codes).toEqual(['MessageTooLargeError']);
    expect(await subject.nextSequenceNumber('1')).toBe(before);
  });
});

let hub: EventHub;
const running: EventHub[] = [];
afterEach(async () => {
  for (const started of running.splice(0)) await started.stop();
});
// Registered last, so that clients close before their hub stops.
const { producer, consumer } = clientsOf(() => hub.connectionString);

async function start(options: Partial<EventHubOptions> = {}): Promise<void> {
  const hubs = [{ name: 'photos', partitionCount: 1, consumerGroups: ['app'] }];
  hub = await startEventHub({ hubs, ...options });
  running.push(hub);
}

function numbered(length: number) {
  return Array.from({ length }, (_, body) => ({ body }));
}

standInOnly('throughput limits', () => {
  it('refuses what comes in above the units as busy, and takes it again later', async () => {
    let nowMs = 0;
    await start({ throughputUnits: 1, nowMs: () => nowMs });
    const client = producer('photos', noRetry);
    await client.sendBatch(numbered(1000));

    const refused = client.sendBatch(numbered(1));

    await expect(refused).rejects.toMatchObject({
      code: 'ServerBusyError',
      retryable: true,
      message: expect.stringContaining('50002'),
    });
    nowMs += 1000;
    expect(await failureCodes(client.sendBatch(numbered(1)))).toEqual([]);
    expect(hub.stats()).toMatchObject({ receivedEventCount: 1001, rejectedSendCount: 1 });
  });

  it('counts the bytes that come in, over all partitions together', async () => {
    await start({ throughputUnits: 1, nowMs: () => 0 });
    const client = producer('photos', noRetry);
    await client.sendBatch([{ body: Buffer.alloc(600_000) }]);
    await client.sendBatch([{ body: Buffer.alloc(600_000) }]);

    expect(await failureCodes(client.sendBatch(numbered(1)))).toEqual(['ServerBusyError']);
  });

  it('lets twice as much in with two units', async () => {
    await start({ throughputUnits: 2, nowMs: () => 0 });
    const client = producer('photos', noRetry);

    await client.sendBatch(numbered(1999));

    expect(await failureCodes(client.sendBatch(numbered(1)))).toEqual([]);
    expect(await failureCodes(client.sendBatch(numbered(1)))).toEqual(['ServerBusyError']);
  });

  it('slows readers down to what the units let out, and loses nothing', async () => {
    let nowMs = 0;
    await start({ nowMs: () => nowMs });
    const client = producer();
    await client.sendBatch(numbered(6000));
    hub.control.setThroughputUnits(1);

    const reading = read(consumer(), '0', { maxBatchSize: 2000 });
    await reading.received(4096);
    for (let turn = 0; turn < 5; turn += 1) await client.getPartitionIds();
    // The turn of 500 that uses up the second's worth still goes out whole.
    expect(hub.stats().deliveredEventCount).toBeLessThan(4096 + 500);
    nowMs += 1000;

    const events = await reading.received(6000);
    expect(events.map(({ body }) => body)).toEqual(numbered(6000).map(({ body }) => body));
  });

  it('has no limit without units', async () => {
    await start();
    const client = producer('photos', noRetry);

    for (let turn = 0; turn < 5; turn += 1) await client.sendBatch(numbered(2000));

    expect(hub.stats().receivedEventCount).toBe(10_000);
  });
});

standInOnly('retention', () => {
  it('forgets the oldest events above the count, and starts readers at the oldest kept', async () => {
    await start({ retention: { maxEventCount: 2 } });
    await producer().sendBatch(numbered(5));

    const startPosition = { sequenceNumber: 0, isInclusive: true };
    const events = await read(consumer(), '0', { startPosition }).received(2);

    expect(events.map(({ sequenceNumber }) => sequenceNumber)).toEqual([3, 4]);
    expect(await producer().getPartitionProperties('0')).toMatchObject({
      beginningSequenceNumber: 3,
      lastEnqueuedSequenceNumber: 4,
    });
  });

  it('forgets events by age and goes on with the sequence', async () => {
    await start({ retention: { maxAgeMs: 3_600_000 } });
    await producer().sendBatch(numbered(2));

    hub.control.setClockOffsetMs(3_700_000);

    expect(await producer().getPartitionProperties('0')).toMatchObject({
      isEmpty: true,
      lastEnqueuedSequenceNumber: 1,
    });
    await producer().sendBatch([{ body: 'young' }]);
    const [event] = await read(consumer(), '0').received(1);
    expect(event).toMatchObject({ body: 'young', sequenceNumber: 2 });
  });

  it('lets a slow reader go on at the oldest event kept, without an error', async () => {
    await start();
    await producer().sendBatch(numbered(10));
    hub.control.faults.add({ name: 'slow', what: 'deliveries', delayMs: 300 });
    const reading = read(consumer(), '0');
    await expect.poll(() => hub.stats().readerCount).toBe(1);

    hub.control.setRetention({ maxEventCount: 3 });

    const events = await reading.received(3);
    expect(events.map(({ body }) => body)).toEqual([7, 8, 9]);
  });
});

standInOnly('idle limits', () => {
  it('detaches an idle publisher and takes it back, and keeps a waiting reader', async () => {
    let nowMs = 0;
    await start({ nowMs: () => nowMs });
    const client = producer();
    await client.sendBatch([{ body: 1 }]);
    const reading = read(consumer(), '0');
    await reading.received(1);

    const publisherCount = () => hub.stats().publisherCount;
    const later = () => {
      // Whether a link is idle is seen from one look to the next, so time has to pass between two.
      if (publisherCount() > 0) nowMs += 31 * 60_000;
      return publisherCount();
    };
    await expect.poll(later, { timeout: 10_000 }).toBe(0);
    await client.getPartitionIds();
    await client.sendBatch([{ body: 2 }]);

    expect(hub.stats()).toMatchObject({ publisherCount: 1, readerCount: 1 });
    expect((await reading.received(2)).map(({ body }) => body)).toEqual([1, 2]);
  });

  it('closes a connection without links, and the client opens another', async () => {
    let nowMs = 0;
    await start({ nowMs: () => nowMs });
    const client = producer();
    await client.getPartitionIds();
    expect(hub.stats().connectionCount).toBe(1);

    nowMs += 6 * 60_000;

    await expect.poll(() => hub.stats().connectionCount, { timeout: 10_000 }).toBe(0);
    expect(await client.getPartitionIds()).toEqual(['0']);
  });
});

/** Reading: in order, in batches, as fast as the reader wants, and independently of others. */
import { describe, expect, it } from 'vitest';
import { failureCodes, noRetry, read } from './helpers/clients.ts';
import { conformanceTarget } from './helpers/target.ts';

const subject = conformanceTarget();

describe('reading', () => {
  it('delivers more events than one credit window holds, in order', async () => {
    const sequenceNumber = await subject.nextSequenceNumber('3');
    const numbers = Array.from({ length: 3000 }, (_, index) => index);
    await subject.producer().sendBatch(
      numbers.map((body) => ({ body })),
      { partitionId: '3' },
    );

    const reading = read(subject.consumer(), '3', {
      startPosition: { sequenceNumber, isInclusive: true },
      maxBatchSize: 1000,
      prefetchCount: 1500,
    });

    const events = await reading.received(numbers.length);
    expect(events.map(({ body }) => body)).toEqual(numbers);
  });

  it('delivers with a prefetch smaller than a batch', async () => {
    const sequenceNumber = await subject.nextSequenceNumber('3');
    await subject.producer().sendBatch(
      [1, 2, 3, 4, 5].map((body) => ({ body })),
      { partitionId: '3' },
    );

    const reading = read(subject.consumer(), '3', {
      startPosition: { sequenceNumber, isInclusive: true },
      prefetchCount: 1,
      maxBatchSize: 3,
    });

    expect((await reading.received(5)).map(({ body }) => body)).toEqual([1, 2, 3, 4, 5]);
  });

  it('calls with no more events at once than the reader asked for', async () => {
    const sequenceNumber = await subject.nextSequenceNumber('3');
    const numbers = Array.from({ length: 25 }, (_, body) => ({ body }));
    await subject.producer().sendBatch(numbers, { partitionId: '3' });
    const sizes: number[] = [];
    const done = Promise.withResolvers<void>();

    subject.consumer().subscribe(
      '3',
      {
        async processEvents(events) {
          sizes.push(events.length);
          if (sizes.reduce((sum, size) => sum + size, 0) >= 25) done.resolve();
        },
        processError: async (error) => done.reject(error),
      },
      { startPosition: { sequenceNumber, isInclusive: true }, maxBatchSize: 10 },
    );
    await done.promise;

    expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
  });

  it('wakes a waiting reader as soon as an event comes', async () => {
    const [one] = await subject.echo('0', [{ body: 'one' }]);
    const startPosition = { sequenceNumber: one?.sequenceNumber ?? 0, isInclusive: true };
    const reading = read(subject.consumer(), '0', { startPosition });
    await reading.received(1);

    await subject.producer().sendBatch([{ body: 'two' }], { partitionId: '0' });

    const events = await reading.received(2);
    expect(events.map(({ body }) => body)).toEqual(['one', 'two']);
  });

  it('lets consumer groups read the same events independently', async () => {
    const sequenceNumber = await subject.nextSequenceNumber('2');
    await subject.producer().sendBatch([{ body: 'for all' }], { partitionId: '2' });
    const startPosition = { sequenceNumber, isInclusive: true };

    const app = await read(subject.consumer('app'), '2', { startPosition }).received(1);
    const other = await read(subject.consumer('$Default'), '2', { startPosition }).received(1);

    expect(app[0]?.body).toBe('for all');
    expect(other[0]?.body).toBe('for all');
  });

  it('tells a reader the last enqueued event when it asks', async () => {
    const sequenceNumber = await subject.nextSequenceNumber('0');
    await subject.echo('0', [{ body: 1 }, { body: 2 }, { body: 3 }]);
    const told = Promise.withResolvers<unknown>();

    subject.consumer().subscribe(
      '0',
      {
        processEvents: async (_, { lastEnqueuedEventProperties }) =>
          told.resolve(lastEnqueuedEventProperties),
        processError: async (error) => told.reject(error),
      },
      {
        startPosition: { sequenceNumber, isInclusive: true },
        trackLastEnqueuedEventProperties: true,
      },
    );

    const last = await subject.producer().getPartitionProperties('0');
    expect(await told.promise).toMatchObject({
      sequenceNumber: last.lastEnqueuedSequenceNumber,
      offset: last.lastEnqueuedOffset,
      enqueuedOn: last.lastEnqueuedOnUtc,
      retrievedOn: expect.any(Date),
    });
  });

  it('goes on after a reader was closed and opened again', async () => {
    const [first] = await subject.echo('0', [{ body: 'a' }, { body: 'b' }]);

    const startPosition = { sequenceNumber: first?.sequenceNumber ?? 0 };
    const [second] = await read(subject.consumer(), '0', { startPosition }).received(1);

    expect(second?.body).toBe('b');
  });

  it('knows hubs and groups whatever their case', async () => {
    const upper = subject.hubName.toUpperCase();
    await subject.producer(upper).sendBatch([{ body: 'case' }], { partitionId: '0' });

    const events = await read(subject.consumer('APP', upper), '0').received(1);

    expect(events.length).toBeGreaterThan(0);
  });

  it('knows no other hub, group or partition', async () => {
    const producer = subject.producer(subject.hubName, noRetry);
    const elsewhere = subject.producer('elsewhere', noRetry);

    expect(await failureCodes(elsewhere.sendBatch([{ body: 1 }]))).toEqual([
      'MessagingEntityNotFoundError',
    ]);
    expect(await failureCodes(producer.sendBatch([{ body: 1 }], { partitionId: '9' }))).toEqual([
      'ArgumentOutOfRangeError',
    ]);
    const stranger = read(subject.consumer('strangers'), '0');
    expect(await stranger.failure()).toBe('MessagingEntityNotFoundError');
  });
});

/**
 * What any Event Hubs namespace must do for this project, asked through the real SDK. Runs on the
 * stand-in by default; another connection string can be put to the same questions.
 * The namespace needs hub `photos` with four partitions and the consumer group `app`.
 */
import {
  EventHubBufferedProducerClient,
  EventHubProducerClient,
  latestEventPosition,
  type OnSendEventsSuccessContext,
} from '@azure/event-hubs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clients, clientsOf, failureCodes, impatient, noRetry, read } from './clients.ts';

export interface ContractTarget {
  readonly connectionString: string;
  stop(): Promise<void>;
}

interface Subject extends Clients {
  connectionString(): string;
}

export function eventHubContract(start: () => Promise<ContractTarget>): void {
  describe('Event Hubs contract', () => {
    let target: ContractTarget | undefined;
    beforeAll(async () => {
      target = await start();
    });
    afterAll(() => target?.stop());
    const connectionString = (): string => target?.connectionString ?? '';
    const subject: Subject = { connectionString, ...clientsOf(connectionString) };

    describe('sending', () => sending(subject));
    describe('start positions', () => startPositions(subject));
    describe('owner levels', () => ownerLevels(subject));
    describe('properties', () => properties(subject));
    describe('refusals', () => refusals(subject));
  });
}

/** The next event's sequence number, so that tests can share a hub and read only their own. */
async function nextSequenceNumber({ producer }: Clients, partitionId: string): Promise<number> {
  const properties = await producer().getPartitionProperties(partitionId);
  return properties.lastEnqueuedSequenceNumber + 1;
}

async function sendNumbers({ producer }: Clients, partitionId: string, numbers: number[]) {
  await producer().sendBatch(
    numbers.map((body) => ({ body })),
    { partitionId },
  );
}

function sending(subject: Subject): void {
  it('gives bodies and application properties back as they were sent', async () => {
    const sequenceNumber = await nextSequenceNumber(subject, '0');
    const takenAt = new Date(1_700_000_000_000);
    const properties = { store: 'a', count: 3, isNew: true, takenAt };
    const bodies = [{ a: [1, 'ü'] }, Buffer.from([0, 255, 7]), 'plain', null, 4.5];

    await subject.producer().sendBatch(
      bodies.map((body) => ({ body, properties })),
      { partitionId: '0' },
    );

    const reading = read(subject.consumer(), '0', {
      startPosition: { sequenceNumber, isInclusive: true },
    });
    const events = await reading.received(bodies.length);
    expect(events.map(({ body }) => body)).toEqual(bodies);
    // The SDK itself gives dates back as epoch milliseconds.
    expect(events[0]?.properties).toEqual({ ...properties, takenAt: takenAt.getTime() });
    expect(events.map((event) => event.sequenceNumber - sequenceNumber)).toEqual([0, 1, 2, 3, 4]);
  });

  it('keeps message id, content type and correlation id', async () => {
    const sequenceNumber = await nextSequenceNumber(subject, '0');
    const event = {
      body: 1,
      messageId: 'm-1',
      contentType: 'application/json',
      correlationId: 'c',
    };

    await subject.producer().sendBatch([event], { partitionId: '0' });

    const startPosition = { sequenceNumber, isInclusive: true };
    const [received] = await read(subject.consumer(), '0', { startPosition }).received(1);
    expect(received).toMatchObject(event);
  });

  it('puts a key on the partition the buffered producer chooses for it', async () => {
    const chosen = new Map<string, string>();
    const buffered = new EventHubBufferedProducerClient(subject.connectionString(), 'photos', {
      ...impatient,
      onSendEventsErrorHandler: () => {},
      onSendEventsSuccessHandler: ({ events, partitionId }: OnSendEventsSuccessContext) => {
        for (const event of events) chosen.set(String('body' in event && event.body), partitionId);
      },
    });
    const keys = ['store-1', 'store-2', 'store-3', 'Zürich', 'a rather longer partition key'];

    for (const key of keys) await buffered.enqueueEvent({ body: key }, { partitionKey: key });
    await buffered.close({ flush: true });
    const producer = subject.producer();
    const before = await Promise.all(
      ['0', '1', '2', '3'].map((id) => nextSequenceNumber(subject, id)),
    );
    for (const key of keys) {
      const batch = await producer.createBatch({ partitionKey: key });
      batch.tryAdd({ body: key });
      await producer.sendBatch(batch);
    }

    for (const key of keys) {
      const partitionId = chosen.get(key) ?? '';
      const sequenceNumber = before[Number(partitionId)] ?? 0;
      const count = keys.filter((other) => chosen.get(other) === partitionId).length;
      const startPosition = { sequenceNumber, isInclusive: true };
      const events = await read(subject.consumer(), partitionId, { startPosition }).received(count);
      expect(events.map(({ partitionKey }) => partitionKey)).toContain(key);
    }
  });

  it('spreads events without partition and key over all partitions', async () => {
    const ids = ['0', '1', '2', '3'];
    const before = await Promise.all(ids.map((id) => nextSequenceNumber(subject, id)));

    const producer = subject.producer();
    for (const id of ids) await producer.sendBatch([{ body: id }]);

    const after = await Promise.all(ids.map((id) => nextSequenceNumber(subject, id)));
    expect(after.map((next, index) => next - (before[index] ?? 0))).toEqual([1, 1, 1, 1]);
  });

  it('refuses an event above the limit the batch announces', async () => {
    const producer = subject.producer();
    const batch = await producer.createBatch();
    const body = 'x'.repeat(batch.maxSizeInBytes);

    const codes = await failureCodes(producer.sendBatch([{ body }]));

    expect(batch.maxSizeInBytes).toBe(1_048_576);
    expect(batch.tryAdd({ body })).toBe(false);
    expect(codes).toEqual(['MessageTooLargeError']);
  });

  it('delivers more events than one credit window holds, in order', async () => {
    const sequenceNumber = await nextSequenceNumber(subject, '3');
    const numbers = Array.from({ length: 3000 }, (_, index) => index);
    await sendNumbers(subject, '3', numbers);

    const reading = read(subject.consumer(), '3', {
      startPosition: { sequenceNumber, isInclusive: true },
      maxBatchSize: 1000,
      prefetchCount: 1500,
    });

    const events = await reading.received(numbers.length);
    expect(events.map(({ body }) => body)).toEqual(numbers);
  });
}

function startPositions(subject: Subject): void {
  it('starts by sequence number and by offset, with the event or after it', async () => {
    const sequenceNumber = await nextSequenceNumber(subject, '1');
    await sendNumbers(subject, '1', [10, 11, 12]);
    const inclusive = { sequenceNumber, isInclusive: true };
    const [first] = await read(subject.consumer(), '1', { startPosition: inclusive }).received(3);
    const offset = first?.offset ?? '';

    const bodies = async (startPosition: object, count: number): Promise<unknown[]> => {
      const events = await read(subject.consumer(), '1', { startPosition }).received(count);
      return events.map(({ body }) => body);
    };

    expect(await bodies({ sequenceNumber }, 2)).toEqual([11, 12]);
    expect(await bodies({ offset }, 2)).toEqual([11, 12]);
    expect(await bodies({ offset, isInclusive: true }, 3)).toEqual([10, 11, 12]);
  });

  it('starts at the oldest event', async () => {
    await sendNumbers(subject, '1', [1]);

    const [first] = await read(subject.consumer(), '1').received(1);

    const { beginningSequenceNumber } = await subject.producer().getPartitionProperties('1');
    expect(first?.sequenceNumber).toBe(beginningSequenceNumber);
  });

  it('starts behind the newest event', async () => {
    await sendNumbers(subject, '1', [1, 2]);
    const consumer = subject.consumer();
    const initialized = Promise.withResolvers<void>();
    const next = Promise.withResolvers<unknown>();

    consumer.subscribe(
      '1',
      {
        // An empty batch shows that the link is open, so what comes now is newer.
        processEvents: async ([event]) =>
          event ? next.resolve(event.body) : initialized.resolve(),
        processError: async (error) => next.reject(error),
      },
      { startPosition: latestEventPosition, maxWaitTimeInSeconds: 0.3 },
    );
    await initialized.promise;
    await sendNumbers(subject, '1', [3]);

    expect(await next.promise).toBe(3);
  });
}

function ownerLevels(subject: Subject): void {
  it('hands a partition to the reader with the higher owner level', async () => {
    await sendNumbers(subject, '2', [1]);
    const first = read(subject.consumer(), '2', { ownerLevel: 1 });
    await first.received(1);

    const second = read(subject.consumer(), '2', { ownerLevel: 2 });

    expect(await first.failure()).toBe('ReceiverDisconnectedError');
    await second.received(1);
  });

  it('refuses a reader with a lower owner level or none', async () => {
    await sendNumbers(subject, '2', [1]);
    await read(subject.consumer(), '2', { ownerLevel: 5 }).received(1);

    const lower = read(subject.consumer(), '2', { ownerLevel: 0 });
    const without = read(subject.consumer(), '2');

    expect(await lower.failure()).toBe('ReceiverDisconnectedError');
    expect(await without.failure()).toBe('ReceiverDisconnectedError');
  });

  it('lets five readers without owner level share a partition, not six', async () => {
    await sendNumbers(subject, '2', [1]);
    const five = Array.from({ length: 5 }, () => read(subject.consumer('$Default'), '2'));
    await Promise.all(five.map((reading) => reading.received(1)));

    const sixth = read(subject.consumer('$Default'), '2');

    expect(await sixth.failure()).toBe('QuotaExceededError');
  });
}

function properties(subject: Subject): void {
  it('describes the hub and its partitions', async () => {
    const producer = subject.producer('PHOTOS');
    const before = await nextSequenceNumber(subject, '0');
    await sendNumbers(subject, '0', [1, 2]);

    const hub = await producer.getEventHubProperties();
    const partition = await producer.getPartitionProperties('0');

    expect(hub).toMatchObject({ name: 'photos', partitionIds: ['0', '1', '2', '3'] });
    expect(partition).toMatchObject({
      partitionId: '0',
      isEmpty: false,
      lastEnqueuedSequenceNumber: before + 1,
    });
  });

  it('tells a reader the last enqueued event when it asks', async () => {
    await sendNumbers(subject, '0', [1, 2, 3]);
    const { lastEnqueuedSequenceNumber } = await subject.producer().getPartitionProperties('0');
    const told = Promise.withResolvers<number | undefined>();

    subject.consumer().subscribe(
      '0',
      {
        processEvents: async (_, { lastEnqueuedEventProperties }) =>
          told.resolve(lastEnqueuedEventProperties?.sequenceNumber),
        processError: async (error) => told.reject(error),
      },
      { startPosition: { offset: '-1' }, trackLastEnqueuedEventProperties: true },
    );

    expect(await told.promise).toBe(lastEnqueuedSequenceNumber);
  });
}

function refusals(subject: Subject): void {
  it('knows no other hub, group or partition', async () => {
    const producer = subject.producer('photos', noRetry);
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

  it('refuses a wrong key and a wrong key name', async () => {
    const right = subject.connectionString();
    const wrongKey = right.replace(/SharedAccessKey=[^;]*/, 'SharedAccessKey=wrong');
    const wrongName = right.replace(/SharedAccessKeyName=[^;]*/, 'SharedAccessKeyName=someone');

    for (const connectionString of [wrongKey, wrongName]) {
      const client = new EventHubProducerClient(connectionString, 'photos', noRetry);
      expect(await failureCodes(client.getPartitionIds())).toEqual(['UnauthorizedError']);
      await client.close();
    }
  });
}

/** Sending: one event or many, to a partition, by key, or wherever the hub likes. */
import { EventHubBufferedProducerClient, type OnSendEventsSuccessContext } from '@azure/event-hubs';
import { describe, expect, it } from 'vitest';
import { impatient, read } from './helpers/clients.ts';
import { conformanceTarget } from './helpers/target.ts';

const subject = conformanceTarget();
const ids = ['0', '1', '2', '3'];

function nextSequenceNumbers(): Promise<number[]> {
  return Promise.all(ids.map((id) => subject.nextSequenceNumber(id)));
}

/** The partitions of events by body, as the buffered producer chose them. */
async function sentBuffered(keys: readonly string[]): Promise<Map<string, string>> {
  const chosen = new Map<string, string>();
  const { hubName } = subject;
  const buffered = new EventHubBufferedProducerClient(subject.connectionString(), hubName, {
    ...impatient,
    maxWaitTimeInMs: 100,
    onSendEventsErrorHandler: () => {},
    onSendEventsSuccessHandler: ({ events, partitionId }: OnSendEventsSuccessContext) => {
      for (const event of events) chosen.set(String('body' in event && event.body), partitionId);
    },
  });
  for (const key of keys) await buffered.enqueueEvent({ body: key }, { partitionKey: key });
  await buffered.close({ flush: true });
  return chosen;
}

describe('sending', () => {
  it('stores an array of events in order in the partition that was named', async () => {
    const numbers = Array.from({ length: 100 }, (_, index) => index);

    const events = await subject.echo(
      '1',
      numbers.map((body) => ({ body })),
    );

    expect(events.map(({ body }) => body)).toEqual(numbers);
  });

  it('stores a batch that was filled until it is full', async () => {
    const sequenceNumber = await subject.nextSequenceNumber('1');
    const producer = subject.producer();
    const batch = await producer.createBatch({ partitionId: '1', maxSizeInBytes: 50_000 });
    while (batch.tryAdd({ body: 'x'.repeat(1000) })) {
      // Until it is full.
    }

    await producer.sendBatch(batch);

    expect(batch.count).toBeGreaterThan(40);
    expect(await subject.nextSequenceNumber('1')).toBe(sequenceNumber + batch.count);
  });

  it('puts a key on the partition the buffered producer chooses for it', async () => {
    const keys = ['store-1', 'store-2', 'store-3', 'Zürich', 'a rather longer partition key'];
    const chosen = await sentBuffered(keys);
    const before = await nextSequenceNumbers();

    for (const key of keys) {
      await subject.producer().sendBatch([{ body: key }], { partitionKey: key });
    }

    expect(chosen.size).toBe(keys.length);
    const after = await nextSequenceNumbers();
    const expected = ids.map((id) => keys.filter((key) => chosen.get(key) === id).length);
    expect(after.map((next, index) => next - (before[index] ?? 0))).toEqual(expected);
  });

  it('tells readers the key of an event, and none where there was none', async () => {
    const before = await nextSequenceNumbers();
    await subject.producer().sendBatch([{ body: 'keyed' }], { partitionKey: 'store-1' });
    const after = await nextSequenceNumbers();
    const index = after.findIndex((next, at) => next !== before[at]);

    const startPosition = { sequenceNumber: before[index] ?? 0, isInclusive: true };
    const [keyed] = await read(subject.consumer(), ids[index] ?? '', { startPosition }).received(1);
    const [plain] = await subject.echo('0', [{ body: 'plain' }]);

    expect([keyed?.partitionKey, plain?.partitionKey]).toEqual(['store-1', undefined]);
  });

  it('spreads events without partition and key over all partitions', async () => {
    const before = await nextSequenceNumbers();
    const producer = subject.producer();

    for (let count = 0; count < 16; count += 1) await producer.sendBatch([{ body: count }]);

    const after = await nextSequenceNumbers();
    const counts = after.map((next, index) => next - (before[index] ?? 0));
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(16);
  });

  it('keeps the events of one batch together, whoever chooses the partition', async () => {
    const before = await nextSequenceNumbers();

    await subject.producer().sendBatch([1, 2, 3].map((body) => ({ body })));

    const after = await nextSequenceNumbers();
    const counts = after.map((next, index) => next - (before[index] ?? 0));
    expect(counts.toSorted((left, right) => left - right)).toEqual([0, 0, 0, 3]);
  });

  it('takes many sends at once through one producer', async () => {
    const sequenceNumber = await subject.nextSequenceNumber('2');
    const producer = subject.producer();

    await Promise.all(
      Array.from({ length: 50 }, (_, body) => producer.sendBatch([{ body }], { partitionId: '2' })),
    );

    expect(await subject.nextSequenceNumber('2')).toBe(sequenceNumber + 50);
  });

  it('sends a thousand events through the buffered producer without loss', async () => {
    const before = await nextSequenceNumbers();
    const failures: unknown[] = [];
    const { hubName } = subject;
    const buffered = new EventHubBufferedProducerClient(subject.connectionString(), hubName, {
      ...impatient,
      onSendEventsErrorHandler: ({ error }) => void failures.push(error),
    });

    for (let body = 0; body < 1000; body += 1) await buffered.enqueueEvent({ body });
    await buffered.flush();
    await buffered.close();

    const after = await nextSequenceNumbers();
    const counts = after.map((next, index) => next - (before[index] ?? 0));
    expect(failures).toEqual([]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1000);
  });
});

/** A reader starts where it says: at an end, at an event, behind it, or at a time. */
import type { EventPosition } from '@azure/event-hubs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { read } from './helpers/clients.ts';
import { conformanceTarget, standInOnly } from './helpers/target.ts';

const subject = conformanceTarget();

interface Sent {
  readonly sequenceNumber: number;
  readonly offset: string;
  readonly enqueuedTimeUtc: Date;
}

let sent: Sent[] = [];
beforeAll(async () => {
  for (const body of [0, 1, 2, 3]) {
    sent.push(...(await subject.echo('1', [{ body }])));
    // Each event at a time of its own, so that one can start between two.
    const storedAtMs = sent.at(-1)?.enqueuedTimeUtc.getTime() ?? 0;
    await vi.waitUntil(() => Date.now() > storedAtMs + 2, { interval: 2 });
  }
  return () => {
    sent = [];
  };
});

function at(index: number): Sent {
  const event = sent[index];
  if (!event) throw new Error(`event ${index} was not sent`);
  return event;
}

async function bodiesFrom(startPosition: EventPosition, count: number): Promise<unknown[]> {
  const events = await read(subject.consumer(), '1', { startPosition }).received(count);
  return events.map(({ body }) => body);
}

describe('start positions', () => {
  it('starts at the oldest event', async () => {
    const [first] = await read(subject.consumer(), '1').received(1);

    const { beginningSequenceNumber } = await subject.producer().getPartitionProperties('1');
    expect(first?.sequenceNumber).toBe(beginningSequenceNumber);
  });

  it('starts behind a sequence number', async () => {
    const { sequenceNumber } = at(1);

    expect(await bodiesFrom({ sequenceNumber }, 2)).toEqual([2, 3]);
  });

  it('starts with a sequence number', async () => {
    const { sequenceNumber } = at(1);

    expect(await bodiesFrom({ sequenceNumber, isInclusive: true }, 3)).toEqual([1, 2, 3]);
  });

  it('starts behind an offset', async () => {
    const { offset } = at(2);

    expect(await bodiesFrom({ offset }, 1)).toEqual([3]);
  });

  it('starts with an offset', async () => {
    const { offset } = at(2);

    expect(await bodiesFrom({ offset, isInclusive: true }, 2)).toEqual([2, 3]);
  });

  it('starts behind an enqueued time', async () => {
    const enqueuedOn = at(0).enqueuedTimeUtc;

    expect(await bodiesFrom({ enqueuedOn }, 3)).toEqual([1, 2, 3]);
    expect(await bodiesFrom({ enqueuedOn: at(2).enqueuedTimeUtc.getTime() }, 1)).toEqual([3]);
  });

  it('starts behind the newest event where it says latest', async () => {
    const next = Promise.withResolvers<unknown>();
    const opened = Promise.withResolvers<void>();
    const { sequenceNumber } = at(3);
    subject.consumer().subscribe(
      '1',
      {
        // An empty batch shows that the link is open, so what comes now is newer.
        processEvents: async ([event]) => (event ? next.resolve(event) : opened.resolve()),
        processError: async (error) => next.reject(error),
      },
      { startPosition: { offset: '@latest' }, maxWaitTimeInSeconds: 0.3 },
    );
    await opened.promise;

    await subject.producer().sendBatch([{ body: 4 }], { partitionId: '1' });

    expect(await next.promise).toMatchObject({ body: 4, sequenceNumber: sequenceNumber + 1 });
  });

  it('gives each partition its own start position', async () => {
    const [other] = await subject.echo('2', [{ body: 'first' }, { body: 'second' }]);
    const came = new Map<string, unknown>();
    const both = Promise.withResolvers<void>();
    const { sequenceNumber } = at(2);
    subject.consumer().subscribe(
      {
        async processEvents([event], { partitionId }) {
          if (event && !came.has(partitionId)) came.set(partitionId, event.body);
          if (came.has('1') && came.has('2')) both.resolve();
        },
        processError: async (error) => both.reject(error),
      },
      {
        startPosition: {
          '0': { offset: '@latest' },
          '1': { sequenceNumber },
          '2': { sequenceNumber: other?.sequenceNumber ?? 0 },
          '3': { offset: '@latest' },
        },
        maxWaitTimeInSeconds: 1,
      },
    );
    await both.promise;

    expect([came.get('1'), came.get('2')]).toEqual([3, 'second']);
  });

  it('refuses a sequence number and an offset beyond the end', async () => {
    const { lastEnqueuedSequenceNumber, lastEnqueuedOffset } = await subject
      .producer()
      .getPartitionProperties('3');
    const sequenceNumber = lastEnqueuedSequenceNumber + 1_000_000;
    const offset = String(Number(lastEnqueuedOffset) + 1_000_000_000);

    const bySequence = read(subject.consumer(), '3', { startPosition: { sequenceNumber } });
    const byOffset = read(subject.consumer(), '3', { startPosition: { offset } });

    expect(await bySequence.failure()).toBe('ArgumentError');
    expect(await byOffset.failure()).toBe('ArgumentError');
  });
});

standInOnly('start positions in an empty partition', () => {
  it('waits at the end of an empty partition, wherever it was told to start', async () => {
    const { producer, consumer } = subject;
    const positions: EventPosition[] = [
      { offset: '-1' },
      { sequenceNumber: -1 },
      { enqueuedOn: Date.now() - 60_000 },
    ];
    const readings = positions.map((startPosition) =>
      read(consumer('$Default'), '0', { startPosition }),
    );

    await producer().sendBatch([{ body: 'first of all' }], { partitionId: '0' });

    for (const reading of readings) {
      const [event] = await reading.received(1);
      expect(event?.body).toBe('first of all');
    }
  });
});

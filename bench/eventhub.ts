/**
 * How fast the local event hub takes and gives events of 1 KB, what each costs it in memory, and how
 * long a client takes to its first answer. Client and stand-in are processes of their own.
 */
import {
  type EventDataBatch,
  EventHubConsumerClient,
  EventHubProducerClient,
  earliestEventPosition,
} from '@azure/event-hubs';
import { type EventHubProcess, startEventHubProcess } from './eventHubProcess.ts';
import { type Bench, type Measure, quantile } from './measure.ts';

const bodyBytes = 1_024;
const batchSize = 100;
const minPerSecond = 3_000;
const maxBytesPerKeptEvent = 2 * bodyBytes + 300;
/** Events a reader asks for ahead, so that it does not wait for each batch. */
const prefetchCount = 1_000;
/** A round that takes longer means that events are lost or a client hangs. */
const roundTimeoutMs = 60_000;
const groups = ['a', 'b', 'c'] as const;
const hubs = [
  { hub: 'one', partitionCount: 1 },
  { hub: 'four', partitionCount: 4 },
] as const;

interface Sizes {
  readonly roundCount: number;
  readonly roundEventCount: number;
  readonly keptEventCount: number;
  readonly connectionCount: number;
}

const full: Sizes = {
  roundCount: 3,
  roundEventCount: 6_000,
  keptEventCount: 40_000,
  connectionCount: 25,
};
const quick: Sizes = {
  roundCount: 1,
  roundEventCount: 2_000,
  keptEventCount: 10_000,
  connectionCount: 3,
};

type Hub = (typeof hubs)[number];

export const eventhub: Bench = async ({ seed, isQuick, say }) => {
  const sizes = isQuick ? quick : full;
  const standIn = await startEventHubProcess();
  const bodies = bodiesFrom(seed);
  const measures: Measure[] = [];
  try {
    measures.push(await connecting(standIn, sizes));
    for (const hub of hubs) {
      const inPerSecond = await sending(standIn, hub, sizes, bodies);
      say(`${hub.partitionCount} partitions: ${inPerSecond | 0} events in per second`);
      measures.push(rate('eventsInPerSecond', `partitions=${hub.partitionCount}`, inPerSecond));
      for (const readerCount of [1, groups.length]) {
        const outPerSecond = await reading(standIn, hub, sizes, readerCount);
        const setup = `partitions=${hub.partitionCount},readers=${readerCount}`;
        say(`${setup}: ${outPerSecond | 0} events out per second`);
        measures.push(rate('eventsOutPerSecond', setup, outPerSecond));
      }
    }
    measures.push(await keeping(standIn, sizes, bodies));
  } finally {
    await standIn.stop();
  }
  return measures;
};

function rate(name: string, setup: string, value: number): Measure {
  const target = { op: '>=', value: minPerSecond } as const;
  return { name, case: setup, value, unit: 'perSecond', target };
}

/** Bodies that do not compress, the same for the same seed. */
function bodiesFrom(seed: number): readonly Buffer[] {
  let state = seed | 1;
  const byte = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  };
  return Array.from({ length: batchSize }, () =>
    Buffer.from(Array.from({ length: bodyBytes }, byte)),
  );
}

async function connecting(standIn: EventHubProcess, sizes: Sizes): Promise<Measure> {
  const timesMs: number[] = [];
  for (let round = 0; round <= sizes.connectionCount; round += 1) {
    const startedAtMs = performance.now();
    const client = new EventHubProducerClient(standIn.connectionString, 'one');
    await client.getPartitionIds();
    // The first one loads the SDK's parts.
    if (round > 0) timesMs.push(performance.now() - startedAtMs);
    await client.close();
  }
  const setup = `clients=${sizes.connectionCount}`;
  return { name: 'connectMs', case: setup, value: quantile(timesMs, 0.5), unit: 'ms' };
}

async function filled(
  client: EventHubProducerClient,
  partitionId: string,
  bodies: readonly Buffer[],
): Promise<EventDataBatch> {
  const batch = await client.createBatch({ partitionId });
  for (const body of bodies) {
    if (!batch.tryAdd({ body })) throw new Error('the batch of the bench is too large');
  }
  return batch;
}

/** One batch after the other into each partition, all partitions at once. */
async function send(
  client: EventHubProducerClient,
  partitionCount: number,
  eventCount: number,
  bodies: readonly Buffer[],
): Promise<void> {
  const batchCount = eventCount / batchSize / partitionCount;
  const partitions = Array.from({ length: partitionCount }, (_, id) => String(id));
  await Promise.all(
    partitions.map(async (id) => {
      for (let sent = 0; sent < batchCount; sent += 1) {
        await client.sendBatch(await filled(client, id, bodies));
      }
    }),
  );
}

async function sending(
  standIn: EventHubProcess,
  { hub, partitionCount }: Hub,
  { roundCount, roundEventCount }: Sizes,
  bodies: readonly Buffer[],
): Promise<number> {
  const client = new EventHubProducerClient(standIn.connectionString, hub);
  const rates: number[] = [];
  for (let round = 0; round <= roundCount; round += 1) {
    const startedAtMs = performance.now();
    await send(client, partitionCount, roundEventCount, bodies);
    // The first round warms both sides up.
    if (round > 0) rates.push(perSecond(roundEventCount, startedAtMs));
  }
  await client.close();
  return quantile(rates, 0.5);
}

function perSecond(eventCount: number, startedAtMs: number): number {
  return (1_000 * eventCount) / (performance.now() - startedAtMs);
}

/** @returns what all readers get together, from subscribing to the last event of the last reader. */
async function reading(
  standIn: EventHubProcess,
  { hub }: Hub,
  { roundCount, roundEventCount }: Sizes,
  readerCount: number,
): Promise<number> {
  const rates: number[] = [];
  for (let round = 0; round <= roundCount; round += 1) {
    const startedAtMs = performance.now();
    const readers = groups.slice(0, readerCount);
    await Promise.all(readers.map((group) => readAll(standIn, hub, group, roundEventCount)));
    if (round > 0) rates.push(perSecond(readerCount * roundEventCount, startedAtMs));
  }
  return quantile(rates, 0.5);
}

async function readAll(
  standIn: EventHubProcess,
  hub: string,
  group: string,
  eventCount: number,
): Promise<void> {
  const client = new EventHubConsumerClient(group, standIn.connectionString, hub);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let receivedCount = 0;
  const subscription = client.subscribe(
    {
      processEvents: async (events) => {
        receivedCount += events.length;
        if (receivedCount >= eventCount) resolve();
      },
      processError: async (error) => reject(error),
    },
    { startPosition: earliestEventPosition, maxBatchSize: batchSize, prefetchCount },
  );
  const impatience = setTimeout(
    () => reject(new Error(`${receivedCount} of ${eventCount} events in ${roundTimeoutMs} ms`)),
    roundTimeoutMs,
  );
  try {
    await promise;
  } finally {
    clearTimeout(impatience);
    await subscription.close();
    await client.close();
  }
}

async function keeping(
  standIn: EventHubProcess,
  { keptEventCount }: Sizes,
  bodies: readonly Buffer[],
): Promise<Measure> {
  const client = new EventHubProducerClient(standIn.connectionString, 'kept');
  const beforeBytes = await standIn.memoryBytes();
  await send(client, 1, keptEventCount, bodies);
  const afterBytes = await standIn.memoryBytes();
  await client.close();
  return {
    name: 'bytesPerKeptEvent',
    case: `bodyBytes=${bodyBytes},events=${keptEventCount}`,
    value: (afterBytes - beforeBytes) / keptEventCount,
    unit: 'bytes',
    target: { op: '<=', value: maxBytesPerKeptEvent },
  };
}

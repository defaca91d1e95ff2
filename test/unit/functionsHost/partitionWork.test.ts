import type { PartitionContext, ReceivedEventData } from '@azure/event-hubs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseHostJson } from '../../../local/functionsHost/hostJson.ts';
import type { HostDialect } from '../../../local/functionsHost/options.ts';
import { partitionWork } from '../../../local/functionsHost/triggers/eventHubs/partitionWork.ts';

interface Given {
  readonly eventHubs?: Record<string, unknown>;
  readonly dialect?: HostDialect;
  readonly checkpointAgeMs?: number;
  /** Before the function answers. */
  readonly during?: (world: { stop: () => void; lose: () => void }) => void;
}

function world({ eventHubs = {}, dialect = 'newer', checkpointAgeMs, during }: Given = {}) {
  const stopping = new AbortController();
  const batches: { events: number[]; isCheckpointing: boolean }[] = [];
  const checkpoints: number[] = [];
  const work = partitionWork({
    eventHubs: parseHostJson({ extensions: { eventHubs } }).extensions.eventHubs,
    dialect,
    stopped: stopping.signal,
    checkpointAgeMs: async () => checkpointAgeMs,
    onError: (error) => {
      throw error;
    },
    async runBatch(events, { isCheckpointing }) {
      batches.push({ events: events.map(({ sequenceNumber }) => sequenceNumber), isCheckpointing });
      during?.({ stop: () => stopping.abort(), lose: () => work.lose() });
      return events.at(-1);
    },
  });
  const partition: PartitionContext = {
    fullyQualifiedNamespace: 'namespace',
    eventHubName: 'hub',
    consumerGroup: '$Default',
    partitionId: '0',
    updateCheckpoint: async ({ sequenceNumber }: ReceivedEventData) =>
      void checkpoints.push(sequenceNumber),
  };
  const take = (...sequenceNumbers: number[]) => work.take(sequenceNumbers.map(event), partition);
  return {
    work,
    take,
    batches,
    checkpoints,
    sizes: () => batches.map(({ events }) => events.length),
  };
}

function event(sequenceNumber: number): ReceivedEventData {
  return {
    body: Buffer.from('x'),
    enqueuedTimeUtc: new Date(0),
    partitionKey: null,
    offset: String(sequenceNumber),
    sequenceNumber,
    getRawAmqpMessage: () => ({ body: 'x' }),
  };
}

describe('checkpoints of a partition', () => {
  it('are written behind each batch', async () => {
    const { take, checkpoints } = world();

    await take(0, 1);
    await take(2);
    await take();

    expect(checkpoints).toStrictEqual([1, 2]);
  });

  it('come after every so many batches, which each of them is told', async () => {
    const { take, checkpoints, batches } = world({ eventHubs: { batchCheckpointFrequency: 3 } });

    for (const sequenceNumber of [0, 1, 2, 3]) await take(sequenceNumber);

    expect(checkpoints).toStrictEqual([2]);
    expect(batches.map(({ isCheckpointing }) => isCheckpointing)).toStrictEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  it('are switched off by the host', async () => {
    const { take, checkpoints, batches } = world({ eventHubs: { enableCheckpointing: false } });

    await take(0);

    expect(checkpoints).toStrictEqual([]);
    expect(batches[0]?.isCheckpointing).toBe(false);
  });

  it.each([
    ['newer', 'stop', []],
    ['newer', 'lose', []],
    ['older', 'stop', [0]],
    ['older', 'lose', [0]],
  ] as const)('of the %s host, where a batch ran into a %s: %j', async (dialect, end, expected) => {
    const { take, checkpoints } = world({ dialect, during: (ends) => ends[end]() });

    await take(0);
    await take(1);

    expect(checkpoints).toStrictEqual(expected);
  });
});

describe('batches with a least size', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const eventHubs = { minEventBatchSize: 3, maxEventBatchSize: 4, maxWaitTime: '00:00:10' };

  it('are handed over as soon as they are large enough, cut at the largest size', async () => {
    const { take, sizes, checkpoints } = world({ eventHubs, checkpointAgeMs: 0 });

    await take(0, 1);
    expect(sizes()).toStrictEqual([]);
    await take(2, 3, 4);

    expect(sizes()).toStrictEqual([4]);
    expect(checkpoints).toStrictEqual([3]);
  });

  it('are handed over smaller once the longest wait is over', async () => {
    const { take, sizes, work } = world({ eventHubs, checkpointAgeMs: 0 });

    await take(0, 1);
    await vi.advanceTimersByTimeAsync(9_999);
    expect([sizes(), work.isGathering()]).toStrictEqual([[], true]);
    await vi.advanceTimersByTimeAsync(1);

    expect([sizes(), work.isGathering()]).toStrictEqual([[2], false]);
  });

  it.each([
    ['without a checkpoint', {}],
    ['with a checkpoint older than the wait', { checkpointAgeMs: 11_000 }],
  ])('do not wait at first %s', async (_case, given) => {
    const { take, sizes } = world({ eventHubs, ...given });

    await take(0);
    await vi.advanceTimersByTimeAsync(1);

    expect(sizes()).toStrictEqual([1]);
  });

  it('wait at first for what is left since the checkpoint before', async () => {
    const { take, sizes } = world({ eventHubs, checkpointAgeMs: 4_000 });

    await take(0);
    await vi.advanceTimersByTimeAsync(5_999);
    expect(sizes()).toStrictEqual([]);
    await vi.advanceTimersByTimeAsync(1);

    expect(sizes()).toStrictEqual([1]);
  });

  it('forget what was gathered when the partition is lost', async () => {
    const { take, sizes, work } = world({ eventHubs, checkpointAgeMs: 0 });
    await take(0, 1);

    work.lose();
    await vi.advanceTimersByTimeAsync(20_000);

    expect([sizes(), work.isGathering()]).toStrictEqual([[], false]);
  });
});

/**
 * One partition's events on their way to the function, one batch at a time: gathered where batches
 * have a least size, handed over, and checkpointed by the rules of the host's dialect.
 */
import type { PartitionContext, ReceivedEventData } from '@azure/event-hubs';
import type { HostJson } from '../../hostJson.ts';
import type { HostDialect } from '../../options.ts';
import type { RunBatch } from './batchRunner.ts';

export interface PartitionWork {
  /** Resolves when this hand-over is through. */
  take(events: readonly ReceivedEventData[], partition: PartitionContext): Promise<void>;
  /** Events wait here for more to come. */
  isGathering(): boolean;
  /** The partition has gone to another reader. */
  lose(): void;
}

export interface PartitionWorkOptions {
  readonly eventHubs: HostJson['extensions']['eventHubs'];
  readonly dialect: HostDialect;
  readonly runBatch: RunBatch;
  /** The host takes nothing new. */
  readonly stopped: AbortSignal;
  /** How long ago the partition's checkpoint was written; `undefined` without one. */
  readonly checkpointAgeMs: (partition: PartitionContext) => Promise<number | undefined>;
  readonly onError: (error: unknown) => void;
}

export function partitionWork(options: PartitionWorkOptions): PartitionWork {
  const { eventHubs, stopped, onError } = options;
  const losing = new AbortController();
  const signal = AbortSignal.any([stopped, losing.signal]);
  const gathered: ReceivedEventData[] = [];
  const dispatch = dispatcher(options, signal);
  let turn: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = turn.then(work);
    turn = done.catch(onError);
    return done;
  }

  function forgetTimer(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  async function gather(events: readonly ReceivedEventData[], partition: PartitionContext) {
    gathered.push(...events);
    if (gathered.length >= eventHubs.minEventBatchSize) {
      forgetTimer();
      await dispatch.batch(gathered.splice(0, eventHubs.maxEventBatchSize), partition);
    }
    if (gathered.length === 0 || timer || signal.aborted) return;
    const waitMs = await waitFor(options, dispatch.isFirst(), partition);
    timer = setTimeout(() => {
      timer = undefined;
      void inTurn(() => dispatch.batch(gathered.splice(0), partition)).catch(() => {});
    }, waitMs);
  }

  signal.addEventListener('abort', () => {
    forgetTimer();
    gathered.length = 0;
  });
  return {
    take: (events, partition) =>
      inTurn(() =>
        eventHubs.minEventBatchSize > 1
          ? gather(events, partition)
          : dispatch.batch(events, partition),
      ),
    isGathering: () => gathered.length > 0,
    lose: () => losing.abort(),
  };
}

/** Source: azure-sdk-for-net, EventHubListener.PartitionProcessor, 2026-11-25. */
function dispatcher({ eventHubs, dialect, runBatch }: PartitionWorkOptions, signal: AbortSignal) {
  let batchCount = 0;
  let isFirst = true;
  return {
    isFirst: () => isFirst,
    async batch(events: readonly ReceivedEventData[], partition: PartitionContext): Promise<void> {
      if (events.length === 0 || signal.aborted) return;
      batchCount += 1;
      const isCheckpointing =
        eventHubs.enableCheckpointing && batchCount >= eventHubs.batchCheckpointFrequency;
      const last = await runBatch(events, { ...sourceOf(partition), isCheckpointing }, signal);
      isFirst = false;
      // The newer host leaves what ran into its end, or into a loss, for the next reader.
      if (!isCheckpointing || !last || (dialect === 'newer' && signal.aborted)) return;
      batchCount = 0;
      await partition.updateCheckpoint(last);
    },
  };
}

function sourceOf(partition: PartitionContext) {
  const { fullyQualifiedNamespace, eventHubName, consumerGroup, partitionId } = partition;
  return { fullyQualifiedNamespace, eventHubName, consumerGroup, partitionId };
}

/** A first batch counts from the checkpoint before it: another host may have waited already. */
async function waitFor(
  { eventHubs: { maxWaitTime: maxWaitMs }, checkpointAgeMs }: PartitionWorkOptions,
  isFirst: boolean,
  partition: PartitionContext,
): Promise<number> {
  if (!isFirst) return maxWaitMs;
  const ageMs = await checkpointAgeMs(partition);
  return ageMs === undefined ? 0 : Math.max(0, maxWaitMs - ageMs);
}

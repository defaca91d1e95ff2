/** The SDK's callbacks for all partitions of a hub that this host owns. */
import type { PartitionContext, ReceivedEventData } from '@azure/event-hubs';
import { endedWithin } from '../endedWithin.ts';
import type { ListenerContext } from '../listener.ts';
import { type PartitionWork, type PartitionWorkOptions, partitionWork } from './partitionWork.ts';

type PumpOptions = Pick<PartitionWorkOptions, 'runBatch' | 'checkpointAgeMs'>;

export function partitionPump(
  { hostJson, dialect, log }: ListenerContext,
  { runBatch, checkpointAgeMs }: PumpOptions,
) {
  const stopping = new AbortController();
  const { signal: stopped } = stopping;
  const owned = new Map<string, PartitionWork>();
  const running = new Set<Promise<void>>();
  const quiet = quietTimes(owned, stopped);
  const onError = (error: unknown) => log('error', `checkpoint not written: ${String(error)}`);
  const newWork = () =>
    partitionWork({
      eventHubs: hostJson.extensions.eventHubs,
      dialect,
      runBatch,
      stopped,
      checkpointAgeMs,
      onError,
    });

  /** Never rejects: the SDK would drop the partition, or skip the batch, depending on the error. */
  async function process(events: ReceivedEventData[], partition: PartitionContext): Promise<void> {
    const work = owned.get(partition.partitionId);
    if (stopped.aborted || !work) return;
    const handling = work
      .take(events, partition)
      .catch(() => {})
      .finally(() => running.delete(handling));
    running.add(handling);
    await handling;
    if (events.length === 0 && !work.isGathering()) quiet.note(partition.partitionId);
  }

  return {
    handlers: { processEvents: process, ...ownershipHandlers(owned, newWork, { stopped, log }) },
    settle: quiet.settle,
    async finish(graceMs: number) {
      stopping.abort();
      await endedWithin(Promise.all(running), graceMs);
    },
  };
}

function ownershipHandlers(
  owned: Map<string, PartitionWork>,
  newWork: () => PartitionWork,
  { stopped, log }: { readonly stopped: AbortSignal } & Pick<ListenerContext, 'log'>,
) {
  return {
    processInitialize: async ({ partitionId }: PartitionContext) => {
      owned.set(partitionId, newWork());
    },
    processClose: async (reason: string, { partitionId }: PartitionContext) => {
      if (!stopped.aborted) log('information', `partition ${partitionId}: ${reason}`);
      owned.get(partitionId)?.lose();
      owned.delete(partitionId);
    },
    processError: async (error: Error, { partitionId }: PartitionContext) => {
      if (stopped.aborted) return;
      const said = (error.message || error.name).replaceAll(/\s*\n\s*/g, ' ');
      log('warning', `event hub partition ${partitionId || '?'}: ${said}`);
    },
  };
}

/** When each partition was last found empty. */
function quietTimes(owned: ReadonlyMap<string, unknown>, stopped: AbortSignal) {
  const quietAtMs = new Map<string, number>();
  let noted = Promise.withResolvers<void>();
  const wake = () => {
    noted.resolve();
    noted = Promise.withResolvers();
  };
  stopped.addEventListener('abort', wake, { once: true });
  return {
    note: (partitionId: string) => {
      quietAtMs.set(partitionId, performance.now());
      wake();
    },
    /** Resolves once every partition of ours was empty after this call. */
    settle: async () => {
      const sinceMs = performance.now();
      const isQuiet = () =>
        owned.size > 0 && [...owned.keys()].every((id) => (quietAtMs.get(id) ?? 0) > sinceMs);
      while (!stopped.aborted && !isQuiet()) await noted.promise;
    },
  };
}

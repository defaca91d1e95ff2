/**
 * Brings a partition's batch to the function. However that ends, reading goes on behind the batch:
 * only a stop, or the loss of the partition, leaves it for the next reader.
 */
import { randomUUID } from 'node:crypto';
import type { ReceivedEventData } from '@azure/event-hubs';
import type { EventHubTrigger } from '../../app/functionMetadata.ts';
import type { InvocationResult } from '../../invocations.ts';
import { runWithRetries } from '../../retry.ts';
import type { ListenerContext, Served } from '../listener.ts';
import {
  type Encoding,
  manyData,
  manyMetadata,
  oneData,
  oneMetadata,
  type PartitionSource,
} from './eventData.ts';

/** @returns whether the batch is through and may be checkpointed. */
export type RunBatch = (
  events: readonly ReceivedEventData[],
  source: PartitionSource,
  signal: AbortSignal,
) => Promise<boolean>;

export function batchRunner(context: ListenerContext, served: Served<EventHubTrigger>): RunBatch {
  const { trigger } = served;
  const encoding: Encoding = {
    dataType: trigger.dataType,
    int64Dialect: context.int64Dialect,
    includesEmptyEntries:
      context.capabilities['IncludeEmptyEntriesInMessagePayload']?.toLowerCase() === 'true',
  };
  const call = caller(context, served);
  if (trigger.cardinality !== 'one') {
    return (events, source, signal) =>
      call(
        () => ({
          data: manyData(events, encoding),
          metadata: manyMetadata(events, source, encoding),
        }),
        signal,
      );
  }
  return async (events, source, signal) => {
    for (const event of events) {
      const encode = () => ({
        data: oneData(event, encoding),
        metadata: oneMetadata(event, source, encoding),
      });
      if (!(await call(encode, signal))) return false;
    }
    return true;
  };
}

type Encode = () => Pick<Parameters<ListenerContext['invocations']['run']>[1], 'data' | 'metadata'>;

function caller({ invocations, log }: ListenerContext, { called }: Served<EventHubTrigger>) {
  return async (encode: Encode, signal: AbortSignal): Promise<boolean> => {
    const invocationId = randomUUID();
    const kind = await runWithRetries({
      policy: called.retryPolicy,
      signal,
      async attempt(retryContext): Promise<InvocationResult> {
        try {
          return await invocations.run(called, { ...encode(), invocationId, retryContext });
        } catch (error) {
          // The binding failed: the handler never sees the batch.
          const cause = error instanceof Error ? error : new Error(String(error));
          log('error', `Executed 'Functions.${called.name}' (Failed): ${cause.message}`);
          return { kind: 'failed', error: cause };
        }
      },
    });
    return kind !== 'abandoned';
  };
}

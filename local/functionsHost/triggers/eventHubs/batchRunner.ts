/** Brings a partition's batch to the function, as often as its retry policy says. */
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

/**
 * @returns the last event that the function was called with, however that ended; one at a time stops
 * with the signal, between two of them.
 */
export type RunBatch = (
  events: readonly ReceivedEventData[],
  source: PartitionSource,
  signal: AbortSignal,
) => Promise<ReceivedEventData | undefined>;

export function batchRunner(context: ListenerContext, served: Served<EventHubTrigger>): RunBatch {
  const { trigger } = served;
  const encoding: Encoding = {
    dataType: trigger.dataType,
    dialect: context.dialect,
    int64Dialect: context.int64Dialect,
    includesEmptyEntries:
      context.capabilities['IncludeEmptyEntriesInMessagePayload']?.toLowerCase() === 'true',
  };
  const call = caller(context, served);
  if (trigger.cardinality !== 'one') {
    return async (events, source, signal) => {
      const encode = () => ({
        data: manyData(events, encoding),
        metadata: manyMetadata(events, source, encoding),
      });
      await call(encode, signal);
      return events.at(-1);
    };
  }
  return async (events, source, signal) => {
    let last: ReceivedEventData | undefined;
    for (const event of events) {
      if (signal.aborted) break;
      const encode = () => ({
        data: oneData(event, encoding),
        metadata: oneMetadata(event, source, encoding),
      });
      await call(encode, signal);
      last = event;
    }
    return last;
  };
}

type Encode = () => Pick<Parameters<ListenerContext['invocations']['run']>[1], 'data' | 'metadata'>;

function caller({ invocations, log }: ListenerContext, { called }: Served<EventHubTrigger>) {
  return async (encode: Encode, signal: AbortSignal): Promise<void> => {
    const invocationId = randomUUID();
    await runWithRetries({
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
  };
}

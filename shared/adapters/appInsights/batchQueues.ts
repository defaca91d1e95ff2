/**
 * The two queues in which the SDK holds spans and records until they are sent. A full one drops what
 * comes and tells nobody; and the distro sends records each second whatever the environment says,
 * where a send costs as much as several photos' telling.
 */

/* oxlint-disable no-underscore-dangle -- the names are the SDK's, and there is no public way */

import { type ProxyTracerProvider, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { z } from 'zod';

/** Source: @opentelemetry/sdk-trace 2.12.1, read 2026-11-26. */
const tracesSchema = z.object({
  _activeSpanProcessor: z.object({ _spanProcessors: z.array(z.unknown()) }),
});
/** Source: @opentelemetry/sdk-logs 0.221.0, read 2026-11-26. */
const recordsSchema = z.object({ _sharedState: z.object({ processors: z.array(z.unknown()) }) });

interface Bounded {
  readonly _maxQueueSize: number;
}
type SpanQueue = Bounded & { readonly _finishedSpans: readonly unknown[] };
type RecordQueue = Bounded & {
  readonly _finishedLogRecords: readonly unknown[];
  _scheduledDelayMillis: number;
};

export interface BatchQueues {
  /** How long records wait for others to be sent with. */
  paceRecords(delayMs: number): void;
  /** The next one is dropped. */
  isFull(kind: 'spans' | 'records'): boolean;
}

/** They are looked for when they are first asked for: the filters before them are made earlier. */
export function batchQueues(): BatchQueues {
  let found: ReturnType<typeof findQueues> | undefined;
  const queues = () => (found ??= findQueues());
  return {
    paceRecords(delayMs) {
      for (const queue of queues().records) queue._scheduledDelayMillis = delayMs;
    },
    isFull(kind) {
      const { spans, records } = queues();
      return kind === 'spans'
        ? spans.some((queue) => queue._finishedSpans.length >= queue._maxQueueSize)
        : records.some((queue) => queue._finishedLogRecords.length >= queue._maxQueueSize);
    },
  };
}

function findQueues() {
  const provider = trace.getTracerProvider() as ProxyTracerProvider;
  const traces = tracesSchema.safeParse(provider.getDelegate());
  const records = recordsSchema.safeParse(logs.getLoggerProvider());
  return {
    spans: (traces.data?._activeSpanProcessor._spanProcessors ?? []).filter(isSpanQueue),
    records: (records.data?._sharedState.processors ?? []).filter(isRecordQueue),
  };
}

function isSpanQueue(processor: unknown): processor is SpanQueue {
  return typeof processor === 'object' && processor !== null && '_finishedSpans' in processor;
}

function isRecordQueue(processor: unknown): processor is RecordQueue {
  return typeof processor === 'object' && processor !== null && '_finishedLogRecords' in processor;
}

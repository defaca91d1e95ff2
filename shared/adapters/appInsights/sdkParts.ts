/**
 * Parts of the SDK that hold records, keep them on disk or give them up, and have no public name: the
 * queues before the exporters, and the senders within. Where a version names them otherwise none is
 * found, and the tests of lost records say so.
 */

/* oxlint-disable no-underscore-dangle -- the names are the SDK's, and there is no public way */

import { metrics, type ProxyTracerProvider, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import * as z from 'zod';

/** The SDK's own list, not a copy of it. */
const inPlace = z.custom<unknown[]>(Array.isArray);

/** Source: @opentelemetry/sdk-trace 2.12.1, read 2026-11-26. */
const tracesSchema = z.object({
  _activeSpanProcessor: z.object({ _spanProcessors: inPlace }),
});
/** Source: @opentelemetry/sdk-logs 0.221.0, read 2026-11-26. */
const recordsSchema = z.object({ _sharedState: z.object({ processors: inPlace }) });
/** Source: @opentelemetry/sdk-metrics 2.12.0, read 2026-11-26. */
const metricsSchema = z.object({
  _sharedState: z.object({
    metricCollectors: z.array(z.object({ _metricReader: z.object({ _exporter: z.unknown() }) })),
  }),
});

interface Queue {
  readonly _maxQueueSize: number;
  readonly _exporter: Exporter;
}
export type SpanQueue = Queue & { readonly _finishedSpans: readonly unknown[] };
export type RecordQueue = Queue & {
  readonly _finishedLogRecords: readonly unknown[];
  _scheduledDelayMillis: number;
};

/** Of spans, of records. */
interface Exporter {
  export(items: readonly unknown[], onEnd: unknown): unknown;
}

/** Source: @azure/monitor-opentelemetry-exporter 1.0.0-beta.47, read 2026-11-26. */
export interface Sender {
  exportEnvelopes(envelopes: readonly unknown[], ...how: readonly unknown[]): Promise<Sent>;
  readonly persister: Persister;
}

export interface Sent {
  /** Absent where it was sent, or kept to be sent later, and of what was taken in part. */
  readonly error?: Error & { readonly statusCode?: number };
}

/** What the exporter keeps on disk. */
export interface Persister {
  /** Answer with false where they could not be kept. */
  push(envelopes: readonly unknown[]): Promise<boolean>;
  restore(envelopes: readonly unknown[]): Promise<boolean>;
  /** Deletes what is too old. */
  _fileCleanupTask(): Promise<unknown>;
  readonly _tempDirectory: string;
  readonly fileRetemptionPeriod: number;
}

export interface Flushed {
  forceFlush(): Promise<unknown>;
}

export function spanQueues(): SpanQueue[] {
  return spanProcessors().filter((processor): processor is SpanQueue =>
    has(processor, '_finishedSpans'),
  );
}

export function recordQueues(): RecordQueue[] {
  return recordProcessors().filter((processor): processor is RecordQueue =>
    has(processor, '_finishedLogRecords'),
  );
}

/**
 * The distro puts those it is given behind its own, which hands each span and record to live metrics
 * as it is then.
 */
export function moveToFront(ours: ReadonlySet<unknown>): void {
  for (const processors of [spanProcessors(), recordProcessors()]) {
    const others = processors.filter((processor) => !ours.has(processor));
    processors.splice(0, Infinity, ...processors.filter((each) => ours.has(each)), ...others);
  }
}

function spanProcessors(): unknown[] {
  const found = tracesSchema.safeParse(spanProvider()).data;
  return found?._activeSpanProcessor._spanProcessors ?? [];
}

function recordProcessors(): unknown[] {
  return recordsSchema.safeParse(logs.getLoggerProvider()).data?._sharedState.processors ?? [];
}

/** One for each kind of record. */
export function senders(): Sender[] {
  const found = metricsSchema.safeParse(metrics.getMeterProvider()).data;
  const ofMetrics = (found?._sharedState.metricCollectors ?? []).map(
    ({ _metricReader: { _exporter } }) => _exporter,
  );
  const exporters = [...spanQueues(), ...recordQueues()].map(({ _exporter }) => _exporter);
  return [...exporters, ...ofMetrics].flatMap((exporter: unknown) => {
    const sender = has(exporter, 'sender') ? exporter.sender : undefined;
    const known = has(exporter, '_sender') ? exporter._sender : sender;
    return isSender(known) ? [known] : [];
  });
}

/** Those that hold what an event or span has made, and the one that tells counts. */
export function providers(): { readonly records: Flushed[]; readonly counts: Flushed[] } {
  return {
    records: [spanProvider(), logs.getLoggerProvider()].filter(isFlushed),
    counts: [metrics.getMeterProvider() as unknown].filter(isFlushed),
  };
}

function spanProvider(): unknown {
  return (trace.getTracerProvider() as ProxyTracerProvider).getDelegate();
}

function isSender(part: unknown): part is Sender {
  return has(part, 'exportEnvelopes') && has(part, 'persister');
}

function isFlushed(part: unknown): part is Flushed {
  return has(part, 'forceFlush');
}

function has<Name extends string>(part: unknown, name: Name): part is Record<Name, unknown> {
  return typeof part === 'object' && part !== null && name in part;
}

/**
 * Application Insights: one initialiser for spans, metrics, events and availability. The client of
 * `applicationinsights` hands our options to the distro; a second start anywhere would replace all.
 */

import type { TokenCredential } from '@azure/identity';
import { metrics as meters, trace } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { TelemetryClient } from 'applicationinsights';
import type { InvocationTelemetry } from '../../telemetry/invocation.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { traceAzureSdks } from './azureSdkSpans.ts';
import { batchQueues } from './batchQueues.ts';
import { clientOptions, type Told } from './clientOptions.ts';
import { watchDeliveries } from './deliveries.ts';
import { endWithin } from './ending.ts';
import { instruments } from './instruments.ts';
import { invocationTelemetry } from './invocationTelemetry.ts';
import { recordBook } from './recordBook.ts';
import { moveToFront } from './sdkParts.ts';
import { spanMaker } from './spanMaker.ts';

export interface TelemetryOptions {
  readonly connectionString: string;
  /** For ingestion with Entra ID. */
  readonly credential: TokenCredential | undefined;
  readonly roleName: string;
  readonly instanceId: string;
  readonly version: string;
  /** Fraction in [0, 1] of photos whose whole trace is kept. */
  readonly traceRatio: number;
  /** Sends each second while somebody watches live metrics. */
  readonly isLive: boolean;
  /** How long events and log lines wait for others to be sent with. */
  readonly recordDelayMs: number;
  /** Where records wait that can't be sent; a folder for temporary files where unset. */
  readonly storageDirectory: string | undefined;
}

export interface StartedTelemetry {
  readonly telemetry: Telemetry;
  readonly invocations: InvocationTelemetry;
  /**
   * Sends what is left or keeps it on disk; never longer than that, and never fails.
   *
   * @returns how many records were lost by it, which nobody else can tell any more.
   */
  stop(limitMs: number): Promise<number>;
}

const scope = 'sightglass';

/** Once in a process, before anything else. */
export function startTelemetry(options: TelemetryOptions): StartedTelemetry {
  const client = new TelemetryClient(options.connectionString);
  const queues = batchQueues();
  const book = recordBook(() => meter);
  const noMoreTime = new AbortController();
  const told: Told = { ...book, isFull: (kind) => queues.isFull(kind), ending: noMoreTime.signal };
  const given = clientOptions(options, told);
  client.config.azureMonitorOpenTelemetryOptions = {
    ...given,
    enableAutoCollectExceptions: false,
    enableAutoCollectPerformance: false,
  };
  client.initialize();
  moveToFront(new Set([...given.spanProcessors, ...given.logRecordProcessors]));
  queues.paceRecords(options.recordDelayMs);
  const deliveries = watchDeliveries(book.onDropped, book.queuedCount);
  const calls = new UndiciInstrumentation({
    // Nothing is gathered for a span that nobody keeps.
    ignoreRequestHook: () => trace.getActiveSpan()?.isRecording() !== true,
  });
  registerInstrumentations({ instrumentations: [calls] });
  const tracer = trace.getTracer(scope);
  traceAzureSdks(tracer);
  const meter = instruments(meters.getMeter(scope));
  const spans = spanMaker(tracer, options.traceRatio);
  const telemetry = { ...meter, ...spans, ...teller(client, options.roleName, book.onMade) };
  return {
    telemetry,
    invocations: invocationTelemetry(tracer, telemetry, client),
    stop: (limitMs) =>
      endWithin(limitMs, {
        deliveries,
        droppedCount: book.droppedCount,
        abort: () => noMoreTime.abort(),
      }),
  };
}

/** What the client of `applicationinsights` tells. */
function teller(
  client: TelemetryClient,
  runLocation: string,
  onMade: Told['onMade'],
): Pick<Telemetry, 'event' | 'availability'> {
  return {
    event(name, properties, measurements) {
      client.trackEvent({ name, ...present(properties, measurements) });
      onMade('event');
    },
    availability({ name, isAvailable, durationMs, message }) {
      client.trackAvailability({
        id: `${name} ${Math.round(performance.timeOrigin + performance.now())}`,
        name,
        duration: durationMs,
        success: isAvailable,
        message,
        runLocation,
      });
      onMade('availability');
    },
  };
}

/** Absent stays absent: no empty properties, no measurements that are no number. */
function present(
  properties: Readonly<Record<string, string | undefined>>,
  measurements: Readonly<Record<string, number | undefined>>,
) {
  const said: { properties: Record<string, string>; measurements: Record<string, number> } = {
    properties: {},
    measurements: {},
  };
  for (const name of Object.keys(properties)) {
    const text = properties[name];
    if (text) said.properties[name] = text;
  }
  for (const name of Object.keys(measurements)) {
    const value = measurements[name];
    if (value !== undefined && Number.isFinite(value)) said.measurements[name] = rounded(value);
  }
  return said;
}

/** Four digits after the point: finer than any clock or confidence here, half as long. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

/**
 * Application Insights: one initialiser for spans, metrics, events and availability. The client of
 * `applicationinsights` hands our options to the distro; a second start anywhere would replace all.
 */

import type { TokenCredential } from '@azure/identity';
import { metrics as meters, trace } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { shutdownAzureMonitor, TelemetryClient } from 'applicationinsights';
import type { AttributeValue } from '../../telemetry/catalogue/attributes.ts';
import type { InvocationTelemetry } from '../../telemetry/invocation.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { traceAzureSdks } from './azureSdkSpans.ts';
import { type BatchQueues, batchQueues } from './batchQueues.ts';
import { clientOptions, type Told } from './clientOptions.ts';
import { instruments } from './instruments.ts';
import { invocationTelemetry } from './invocationTelemetry.ts';
import type { RecordKind } from './recordKind.ts';
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
  /** Sends what is left; never longer than that, and never fails. */
  stop(limitMs: number): Promise<void>;
}

type DropReason = AttributeValue<'dropReason'>;

const scope = 'sightglass';

/** Once in a process, before anything else. */
export function startTelemetry(options: TelemetryOptions): StartedTelemetry {
  const client = new TelemetryClient(options.connectionString);
  const queues = batchQueues();
  const told = countedBy(() => meter, queues);
  client.config.azureMonitorOpenTelemetryOptions = {
    ...clientOptions(options, told),
    enableAutoCollectExceptions: false,
    enableAutoCollectPerformance: false,
  };
  client.initialize();
  queues.paceRecords(options.recordDelayMs);
  traceAzureSdks();
  const calls = new UndiciInstrumentation({
    // Nothing is gathered for a span that nobody keeps.
    ignoreRequestHook: () => trace.getActiveSpan()?.isRecording() !== true,
  });
  registerInstrumentations({ instrumentations: [calls] });
  const tracer = trace.getTracer(scope);
  const meter = instruments(meters.getMeter(scope));
  const spans = spanMaker(tracer, options.traceRatio);
  const telemetry: Telemetry = {
    ...meter,
    ...spans,
    event(name, properties, measurements) {
      client.trackEvent({ name, ...present(properties, measurements) });
      told.onMade('event');
    },
    availability({ name, isAvailable, durationMs, message }) {
      client.trackAvailability({
        id: `${name} ${Math.round(performance.timeOrigin + performance.now())}`,
        name,
        duration: durationMs,
        success: isAvailable,
        message,
        runLocation: options.roleName,
      });
      told.onMade('availability');
    },
  };

  return {
    telemetry,
    invocations: invocationTelemetry(tracer, telemetry, client),
    stop: (limitMs) => withinLimit(shutdownAzureMonitor(), limitMs),
  };
}

/** What becomes of records is counted by the same meter, which is made after them. */
function countedBy(meter: () => Pick<Telemetry, 'count'>, queues: BatchQueues): Told {
  const dropped = (recordKind: RecordKind, count: number, dropReason: DropReason) =>
    meter().count('sightglass.telemetry.dropped', count, { recordKind, dropReason });
  return {
    isFull: (kind) => queues.isFull(kind),
    onMade: (recordKind) => meter().count('sightglass.telemetry.made', 1, { recordKind }),
    onLost: (recordKind) => dropped(recordKind, 1, 'queueFull'),
    onRefused: (recordKind, count) => dropped(recordKind, count, 'refused'),
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

async function withinLimit(work: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([Promise.allSettled([work]), late]);
  clearTimeout(timer);
}

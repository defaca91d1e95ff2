/** The telemetry collector as a part of the world: what operators would see in Application Insights. */
import {
  startTelemetryCollector,
  type TelemetryCollector,
} from '../telemetryCollector/startTelemetryCollector.ts';
import type { WorldOptions } from '../worldOptions.ts';
import type { Flags } from './part.ts';

export const telemetryFlags = {
  'no-telemetry': { type: 'boolean', help: 'without the telemetry collector' },
} as const satisfies Flags;

/** @param values - of the flags above. */
export function telemetryOptions(values: {
  readonly 'no-telemetry'?: boolean | undefined;
}): Pick<WorldOptions, 'telemetry'> {
  return { telemetry: values['no-telemetry'] !== true };
}

export interface TelemetryPart {
  /** Absent where the world is to have none. */
  readonly collector: TelemetryCollector | undefined;
  stop(): Promise<void>;
}

export async function startTelemetryPart(options: WorldOptions): Promise<TelemetryPart> {
  const { telemetry = false, ports = {} } = options;
  if (!telemetry) return { collector: undefined, stop: () => Promise.resolve() };
  const collector = await startTelemetryCollector({
    port: ports.telemetry ?? 0,
    controlPort: ports.telemetryControl ?? 0,
  });
  return { collector, stop: () => collector.stop() };
}

/** Seen soon here: nobody waits a minute for a metric, or five seconds for a span. */
const metricIntervalMs = 1_000;
const sendDelayMs = 500;

export function telemetrySettings(
  collector: TelemetryCollector | undefined,
): Readonly<Record<string, string>> {
  if (!collector) return {};
  return {
    APPLICATIONINSIGHTS_CONNECTION_STRING: collector.connectionString,
    OTEL_METRIC_EXPORT_INTERVAL: String(metricIntervalMs),
    OTEL_BSP_SCHEDULE_DELAY: String(sendDelayMs),
    OTEL_BLRP_SCHEDULE_DELAY: String(sendDelayMs),
    TELEMETRY_TRACE_RATIO: '1',
    TELEMETRY_STORAGE_DIRECTORY: collector.storageDirectory,
  };
}

export function telemetryDocument(collector: TelemetryCollector | undefined) {
  if (!collector) return null;
  return {
    connectionString: collector.connectionString,
    ingestion: collector.ingestionUrl,
    authorityFile: collector.authorityFile,
    page: collector.pageUrl,
    control: collector.controlUrl,
  };
}

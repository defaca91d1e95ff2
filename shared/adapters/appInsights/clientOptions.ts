/** What the distro is told: everything that costs data, money or time by default is off. */
import type { AzureMonitorOpenTelemetryOptions } from '@azure/monitor-opentelemetry';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AggregationType } from '@opentelemetry/sdk-metrics';
import { boundedSend, keptWithoutToken } from './boundedSend.ts';
import type { RecordKind } from './recordKind.ts';
import { type Filtering, recordFilter, spanFilter } from './spanFilter.ts';
import type { TelemetryOptions } from './startTelemetry.ts';

export interface Told extends Filtering {
  /** The ingestion endpoint will have none of them, ever. */
  readonly onRefused: (kind: RecordKind, count: number) => void;
  /** Aborted where there is no more time to send. */
  readonly ending: AbortSignal;
}

type Processors = 'spanProcessors' | 'logRecordProcessors';
/** Where every span and record is looked at. */
export type ClientOptions = AzureMonitorOpenTelemetryOptions &
  Required<Pick<AzureMonitorOpenTelemetryOptions, Processors>>;

const off = { enabled: false };

export function clientOptions(options: TelemetryOptions, told: Told): ClientOptions {
  const { connectionString, credential, storageDirectory } = options;
  const { isLive, roleName, instanceId, version } = options;
  return {
    azureMonitorExporterOptions: {
      connectionString,
      ...(credential && { credential: keptWithoutToken(credential) }),
      ...(storageDirectory !== undefined && { storageDirectory }),
      // Three retries in the transport would hold up everything behind them; the disk keeps it.
      retryOptions: { maxRetries: 0 },
      additionalPolicies: [boundedSend(told.onRefused, told.ending)],
    },
    resource: resourceFromAttributes({
      'service.name': roleName,
      'service.instance.id': instanceId,
      'service.version': version,
    }),
    // Not the five traces a second of the default: the parent's flag decides.
    tracesPerSecond: 0,
    enableTraceBasedSamplingForLogs: false,
    enableLiveMetrics: isLive,
    enableStandardMetrics: false,
    enablePerformanceCounters: false,
    instrumentationOptions: {
      // Ours: theirs makes spans for traces that nobody keeps.
      azureSdk: off,
      // It would tell each storage call a second time.
      http: off,
      mongoDb: off,
      mySql: off,
      postgreSql: off,
      redis: off,
      redis4: off,
      bunyan: off,
      winston: off,
    },
    views: [
      {
        meterName: '@opentelemetry/instrumentation-undici',
        aggregation: { type: AggregationType.DROP },
      },
    ],
    spanProcessors: [spanFilter(told)],
    logRecordProcessors: [recordFilter(told)],
  };
}

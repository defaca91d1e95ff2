/**
 * What stands between the exporter and a sick ingestion endpoint: each send has an end, and what is
 * refused for good is counted. Sends follow each other: one that hangs would hold up all behind it.
 */
import type { AzureMonitorOpenTelemetryOptions } from '@azure/monitor-opentelemetry';
import { type RecordKind, recordKindOf } from './recordKind.ts';

type ExporterOptions = NonNullable<AzureMonitorOpenTelemetryOptions['azureMonitorExporterOptions']>;
type Policy = NonNullable<ExporterOptions['additionalPolicies']>[number];

/** Of five seconds that a process has to end. */
const sendTimeoutMs = 2_000;

/** The exporter gives these up. Source: seen with 1.0.0-beta.47, 2026-11-25. */
const refusedForGood: ReadonlySet<number> = new Set([400, 402, 404, 413]);

export function boundedSend(onDropped: (kind: RecordKind, count: number) => void): Policy {
  return {
    position: 'perRetry',
    policy: {
      name: 'boundedSend',
      async sendRequest(request, next) {
        request.timeout = sendTimeoutMs;
        const response = await next(request);
        if (refusedForGood.has(response.status) && typeof request.body === 'string') {
          for (const [kind, count] of countKinds(request.body)) onDropped(kind, count);
        }
        return response;
      },
    },
  };
}

function countKinds(body: string): ReadonlyMap<RecordKind, number> {
  const counts = new Map<RecordKind, number>();
  for (const [, baseType = ''] of body.matchAll(/"baseType":\s*"(\w+)"/g)) {
    const kind = recordKindOf(baseType);
    if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

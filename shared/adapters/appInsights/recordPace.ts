/**
 * Records leave together, as spans do. The distro sends them each second whatever the environment
 * says, and a send costs as much as several photos' telling.
 */

/* oxlint-disable no-underscore-dangle -- the names are the SDK's */

import { logs } from '@opentelemetry/api-logs';
import { z } from 'zod';

/** Where the SDK keeps it: there is no public way. Source: @opentelemetry/sdk-logs 0.221.0, read 2026-11-26. */
const providerSchema = z.object({
  _sharedState: z.object({
    processors: z.array(z.unknown()),
  }),
});

export function paceRecords(delayMs: number): void {
  const provider = providerSchema.safeParse(logs.getLoggerProvider());
  for (const processor of provider.data?._sharedState.processors ?? []) {
    if (isBatching(processor)) processor._scheduledDelayMillis = delayMs;
  }
}

function isBatching(processor: unknown): processor is { _scheduledDelayMillis: number } {
  return (
    typeof processor === 'object' && processor !== null && '_scheduledDelayMillis' in processor
  );
}

/** What a fixture function saw, sent to the test as a log record. */
import type { InvocationContext } from '@azure/functions';
import { z } from 'zod';

const arrivalSchema = z.object({
  functionName: z.string(),
  invocationId: z.string(),
  value: z.unknown(),
  metadata: z.record(z.string(), z.unknown()),
  retryCount: z.number(),
  traceParent: z.string().nullable(),
});

export type Arrival = z.output<typeof arrivalSchema>;

/** Bytes are shown as `bytes:` and their base64. */
function shown(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return `bytes:${value.toString('base64')}`;
  return Array.isArray(value) ? value.map(shown) : value;
}

export function announce(value: unknown, context: InvocationContext): void {
  const { functionName, invocationId, triggerMetadata = {}, retryContext, traceContext } = context;
  const retryCount = retryContext?.retryCount ?? 0;
  const arrival = { functionName, invocationId, value: shown(value) ?? null, retryCount };
  const traceParent = traceContext?.traceParent ?? null;
  context.info(JSON.stringify({ ...arrival, traceParent, metadata: triggerMetadata }));
}

export function readArrival(message: string): Arrival {
  return arrivalSchema.parse(JSON.parse(message));
}

/** Camera events: pointers to photos, or small photos inline. One bad event never costs its batch. */
import { createHash } from 'node:crypto';
import { app, type EventHubHandler, type InvocationContext } from '@azure/functions';
import type { ReceivedCapture } from '../shared/photo/readCapture.ts';
import { processCaptures } from '../shared/pipeline/processCaptures.ts';
import { names } from '../shared/settings.ts';
import { withBudget } from './budget.ts';
import { composition } from './composition.ts';
import { logFates } from './logFates.ts';
import { traced } from './traced.ts';
import { type CaptureMetadata, captureMetadata, utcMs, valueOf } from './triggerMetadata.ts';

const predictOnCapture: EventHubHandler = async (events: unknown, context: InvocationContext) => {
  const composed = await composition();
  const captures = receivedCaptures(events, context.triggerMetadata, composed.deps.clock.nowMs());
  const fates = await withBudget(composed, (budget) =>
    processCaptures(composed.deps, captures, budget),
  );
  logFates(context, fates, composed.deps);
};

function receivedCaptures(events: unknown, metadata: unknown, nowMs: number): ReceivedCapture[] {
  const bodies: unknown[] = Array.isArray(events) ? events : [events];
  const known = captureMetadata(metadata);
  return bodies.map((body, index) => receivedCapture(bodyOf(body), known, index, nowMs));
}

function receivedCapture(
  body: Buffer,
  metadata: CaptureMetadata,
  index: number,
  nowMs: number,
): ReceivedCapture {
  const { eventHubName, partitionId } = metadata.partitionContext;
  const sequence = metadata.sequenceNumberArray[index];
  const contentType = valueOf(metadata.systemPropertiesArray[index] ?? {}, 'content-type');
  return {
    body,
    contentType: typeof contentType === 'string' ? contentType : undefined,
    properties: metadata.propertiesArray[index] ?? {},
    enqueuedAtMs: utcMs(metadata.enqueuedTimeUtcArray[index]) ?? nowMs,
    position: `${eventHubName}/${partitionId}:${sequence ?? hashOf(body)}`,
  };
}

/** `dataType: 'binary'` delivers buffers; anything else means a host that ignored it. */
function bodyOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (body instanceof Uint8Array) return Buffer.from(body);
  if (body === null || body === undefined) return Buffer.alloc(0);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function hashOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

// The types don't know `dataType`, the host does: without it one event that isn't JSON loses the batch.
const binary = { dataType: 'binary' };

app.eventHub('predictOnCapture', {
  connection: names.eventHubsConnection,
  eventHubName: names.capturesHub,
  cardinality: 'many',
  ...binary,
  // Without a policy the host moves on after a failure and the batch is gone.
  retry: {
    strategy: 'exponentialBackoff',
    maxRetryCount: -1,
    minimumInterval: { seconds: 2 },
    maximumInterval: { minutes: 5 },
  },
  handler: traced('eventHub', predictOnCapture),
});

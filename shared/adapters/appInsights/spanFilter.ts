/**
 * The last look at spans and records before they are sent: secrets are masked. Runs before all of the
 * SDK's own processors, so nothing unmasked ever reaches the disk or live metrics either.
 */
import { TraceFlags } from '@opentelemetry/api';
import type { LogRecordProcessor, SdkLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { redact } from '../../errors.ts';
import { isClean, sanitised } from '../../redact.ts';
import type { BatchQueues } from './batchQueues.ts';
import { type RecordKind, recordKindOf } from './recordKind.ts';

/** What is lost at the queue behind these filters is lost in silence: it is counted here. */
export interface Filtering {
  readonly isFull: BatchQueues['isFull'];
  readonly onMade: (kind: RecordKind) => void;
  readonly onLost: (kind: RecordKind) => void;
  /** The queue takes this one. */
  readonly onQueued: () => void;
}

export function spanFilter({ isFull, onMade, onLost, onQueued }: Filtering): SpanProcessor {
  return {
    onStart: () => {},
    onEnd(span) {
      mask(span);
      // The batch processor behind this one leaves it out.
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
      onMade('span');
      if (isFull('spans')) onLost('span');
      else onQueued();
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

export function recordFilter({
  isFull,
  onLost,
  onQueued,
}: Omit<Filtering, 'onMade'>): LogRecordProcessor {
  return {
    onEmit(record) {
      if (isFull('records')) onLost(recordKindOf(record.attributes['_MS.baseType']) ?? 'log');
      else onQueued();
      const { attributes, body } = record;
      if (isClean([attributes, structured(body) ?? [body]], redact)) return;
      record.setAttributes(sanitised(attributes, redact));
      record.setBody(masked(body));
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

/** In place: the exporter's own processor holds the same span. */
function mask({ attributes, events, status }: ReadableSpan): void {
  // The same of every call; a hundred bytes each, paid for.
  if (attributes[agentName] !== undefined) delete attributes[agentName];
  // Instrumentations note exceptions with message and stack.
  const noted = events.map((event) => event.attributes ?? {});
  const all = [attributes, ...noted];
  if (isClean([...all, [status.message]], redact)) return;
  for (const each of all) Object.assign(each, sanitised(each, redact));
  if (status.message !== undefined) status.message = redact(status.message);
}

const agentName = 'user_agent.original';

/** Bodies of records are text, or what the client made of an event: one level of texts. */
function masked(body: SdkLogRecord['body']): SdkLogRecord['body'] {
  if (typeof body === 'string') return redact(body);
  const texts = structured(body);
  return texts ? sanitised(texts, redact) : body;
}

function structured(body: SdkLogRecord['body']) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  return body instanceof Uint8Array ? undefined : body;
}

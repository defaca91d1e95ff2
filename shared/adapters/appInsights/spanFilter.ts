/**
 * The last look at spans and records before they are sent: noise is taken out, secrets are masked.
 * Runs before the exporter's own processor, so nothing unmasked ever reaches the disk either.
 */
import { TraceFlags } from '@opentelemetry/api';
import type { LogRecordProcessor, SdkLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { redact } from '../../errors.ts';
import { sanitised } from '../../redact.ts';

/** @param onKept - called for each span that will be sent. */
export function spanFilter(onKept: () => void): SpanProcessor {
  return {
    onStart: () => {},
    onEnd(span) {
      // The batch processor behind this one leaves out what is not sampled.
      if (isNoise(span)) span.spanContext().traceFlags = TraceFlags.NONE;
      else {
        mask(span);
        if (span.spanContext().traceFlags & TraceFlags.SAMPLED) onKept();
      }
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

export const recordFilter: LogRecordProcessor = {
  onEmit(record: SdkLogRecord) {
    record.setAttributes(sanitised(record.attributes, redact));
    record.setBody(masked(record.body));
  },
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

/** Wrappers that tell nothing beyond the call they wrap, and calls that are about telemetry or slots. */
function isNoise({ name, attributes }: ReadableSpan): boolean {
  if (name === 'message') return true;
  const url = String(attributes['url.full'] ?? attributes['http.url'] ?? '');
  return /\/v2(?:\.1)?\/track\b|\/quota\//.test(url);
}

const agentNames = ['http.user_agent', 'user_agent.original'];

/** In place: the exporter's own processor holds the same span. */
function mask({ attributes, events, status }: ReadableSpan): void {
  // The same of every call; a hundred bytes each, paid for.
  for (const name of agentNames) delete attributes[name];
  Object.assign(attributes, sanitised(attributes, redact));
  // Instrumentations note exceptions with message and stack.
  for (const { attributes: noted } of events)
    if (noted) Object.assign(noted, sanitised(noted, redact));
  if (status.message !== undefined) status.message = redact(status.message);
}

/** Bodies of records are text, or what the client made of an event: one level of texts. */
function masked(body: SdkLogRecord['body']): SdkLogRecord['body'] {
  if (typeof body === 'string') return redact(body);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  if (body instanceof Uint8Array) return body;
  return sanitised(body, redact);
}

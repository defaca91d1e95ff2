/** Spans of the catalogue, each going on from a trace context that was carried to us as text. */
import {
  type Attributes,
  type Context,
  context,
  type Link,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { readTraceparent, rootTraceparent, writeTraceparent } from '../../telemetry/traceparent.ts';

/** A request has no name in Application Insights without it. */
const operationName = 'ai.operation.name';

export interface Origin {
  readonly parent: Context;
  readonly kind: SpanKind;
  readonly links: Link[];
}

/** Under what is active in the same trace; a request of its own, linked to that, in another one. */
export function originOf(traceparent: string): Origin {
  const active = trace.getActiveSpan()?.spanContext();
  const remote = remoteContext(traceparent);
  if (!remote || remote.traceId === active?.traceId) {
    return { parent: context.active(), kind: SpanKind.INTERNAL, links: [] };
  }
  return {
    parent: trace.setSpanContext(context.active(), remote),
    kind: SpanKind.CONSUMER,
    links: active ? [{ context: active }] : [],
  };
}

function remoteContext(traceparent: string): SpanContext | undefined {
  const read = readTraceparent(traceparent);
  return (
    read && {
      traceId: read.traceId,
      spanId: read.spanId,
      traceFlags: read.isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
      isRemote: true,
    }
  );
}

export function namedRequest(name: string, kind: SpanKind): Attributes {
  return kind === SpanKind.CONSUMER ? { [operationName]: name } : {};
}

export function spanMaker(tracer: Tracer, traceRatio: number): Pick<Telemetry, 'span' | 'rootOf'> {
  return {
    rootOf: (subject) => rootTraceparent(subject, traceRatio),
    span(name, traceparent, work) {
      const { parent, kind, links } = originOf(traceparent);
      const options = { kind, links, attributes: namedRequest(name, kind) };
      return tracer.startActiveSpan(name, options, parent, async (span) => {
        const { traceId, spanId, traceFlags } = span.spanContext();
        const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
        const fail = (code: string) => {
          span.setAttribute('error.type', code);
          span.setStatus({ code: SpanStatusCode.ERROR, message: code });
        };
        try {
          return await work({
            traceparent: writeTraceparent({ traceId, spanId, isSampled }),
            note: (attributes) => void span.setAttributes(attributes),
            fail,
          });
        } catch (error) {
          // What is expected to be thrown was given its code already.
          span.setStatus({ code: SpanStatusCode.ERROR, message: nameOf(error) });
          throw error;
        } finally {
          span.end();
        }
      });
    },
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

/**
 * Spans of the catalogue, each going on from a trace context that was carried to us as text. Where
 * nobody keeps the trace no span is made: its context alone goes on, and events are told in it.
 */
import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  type Link,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { SpanName } from '../../telemetry/catalogue/spans.ts';
import type { SpanNotes, Telemetry } from '../../telemetry/telemetry.ts';
import { readTraceparent, rootTraceparent, writeTraceparent } from '../../telemetry/traceparent.ts';

/** A request has no name in Application Insights without it. */
const operationName = 'ai.operation.name';

export interface Origin {
  readonly parent: Context;
  readonly kind: SpanKind;
  readonly links: Link[];
  /** The trace that the parent is in, where nobody keeps it: nothing has to be made for it. */
  readonly unkept: SpanContext | undefined;
}

/** Under what is active in the same trace; a request of its own, linked to that, in another one. */
export function originOf(traceparent: string): Origin {
  const here = context.active();
  const active = trace.getSpanContext(here);
  const remote = remoteContext(traceparent);
  if (!remote || remote.traceId === active?.traceId) {
    return { parent: here, kind: SpanKind.INTERNAL, links: [], unkept: ifUnkept(active) };
  }
  return {
    parent: trace.setSpanContext(here, remote),
    kind: SpanKind.CONSUMER,
    links: active ? [{ context: active }] : [],
    unkept: ifUnkept(remote),
  };
}

function ifUnkept(of: SpanContext | undefined): SpanContext | undefined {
  if (!of || of.traceFlags & TraceFlags.SAMPLED) return undefined;
  return isSpanContextValid(of) ? of : undefined;
}

/** Calls made within belong to the same trace, and to no span. */
export function withoutSpan<Result>(parent: Context, work: () => Result): Result {
  return parent === context.active() ? work() : context.with(parent, work);
}

export function remoteContext(traceparent: string): SpanContext | undefined {
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
      const { parent, kind, links, unkept } = originOf(traceparent);
      if (unkept) {
        const carried = writeTraceparent({ ...unkept, isSampled: false });
        return withoutSpan(parent, async () => work({ traceparent: carried, ...unheard }));
      }
      const options = { kind, links, attributes: namedRequest(name, kind) };
      return tracer.startActiveSpan(name, options, parent, async (span) => {
        try {
          return await work(notesOf(span));
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

const unheard = { note: () => {}, fail: () => {} };

function notesOf(span: Span): SpanNotes<SpanName> {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  return {
    traceparent: writeTraceparent({ traceId, spanId, isSampled }),
    note: (attributes) => void span.setAttributes(attributes),
    fail(code) {
      span.setAttribute('error.type', code);
      span.setStatus({ code: SpanStatusCode.ERROR, message: code });
    },
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

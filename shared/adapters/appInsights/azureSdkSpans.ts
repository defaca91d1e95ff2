/**
 * Spans of Azure's SDKs, only where the trace they are in is kept: each call to storage makes several,
 * and to make them for nothing costs a tenth of a photo's processor time. Microsoft's own instrumenter
 * makes all of them, reads the environment for each, and names none as operators group them.
 */
import {
  type Instrumenter,
  type InstrumenterSpanOptions,
  type TracingSpan,
  type TracingSpanKind,
  useInstrumenter,
} from '@azure/core-tracing';
import {
  type Context,
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { writeTraceparent } from '../../telemetry/traceparent.ts';
import { isTold, sdkCall, todaysName, told } from './azureSdkCalls.ts';
import { remoteContext } from './spanMaker.ts';

/** What the SDKs hand on is OpenTelemetry's own context, under a name of theirs. */
type SdkContext = NonNullable<InstrumenterSpanOptions['tracingContext']>;

const noSpan: TracingSpan = {
  setStatus: () => {},
  setAttribute: () => {},
  end: () => {},
  recordException: () => {},
  isRecording: () => false,
};

/** Named already, under the SDKs' own key: they would make a context of each call to name it. */
const unkept = ROOT_CONTEXT.setValue(Symbol.for('@azure/core-tracing namespace'), 'none');

export function traceAzureSdks(tracer: Tracer): void {
  const instrumenter: Instrumenter = {
    startSpan(name, options) {
      const parent: Context = options.tracingContext ?? context.active();
      if (!trace.getSpan(parent)?.isRecording()) return { span: noSpan, tracingContext: unkept };
      const call = isWrapper(options) ? undefined : sdkCall(name, options);
      return call
        ? started(tracer.startSpan(call.name, { ...call, ...ties(options) }, parent), parent)
        : { span: noSpan, tracingContext: parent };
    },
    // What belongs to no span of theirs goes on in the context that it is in already.
    withContext: (parent, work, ...given) =>
      trace.getSpan(parent) ? context.with(parent, work, undefined, ...given) : work(...given),
    parseTraceparentHeader(header) {
      const remote = remoteContext(header);
      return remote && trace.setSpanContext(ROOT_CONTEXT, remote);
    },
    createRequestHeaders: (parent) => headersOf(parent ?? context.active()),
  };
  useInstrumenter(instrumenter);
}

/** Storage's own span around each request tells nothing that the request's does not. */
function isWrapper({ packageName, spanKind }: InstrumenterSpanOptions): boolean {
  return packageName.startsWith('@azure/storage-') && (spanKind ?? 'internal') === 'internal';
}

const kinds: Readonly<Record<TracingSpanKind, SpanKind>> = {
  client: SpanKind.CLIENT,
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

function ties({ spanKind = 'internal', spanLinks = [] }: InstrumenterSpanOptions) {
  const links = spanLinks.flatMap(({ tracingContext, attributes = {} }): Link[] => {
    const linked = trace.getSpanContext(tracingContext);
    return linked ? [{ context: linked, attributes: told(attributes) }] : [];
  });
  return { kind: kinds[spanKind], links };
}

function started(span: Span, parent: Context): { span: TracingSpan; tracingContext: SdkContext } {
  return { span: sdkSpan(span), tracingContext: trace.setSpan(parent, span) };
}

function sdkSpan(span: Span): TracingSpan {
  return {
    setStatus(status) {
      if (status.status === 'success') return;
      const { error } = status;
      span.setStatus({ code: SpanStatusCode.ERROR, ...(error && { message: String(error) }) });
      if (error) span.recordException(error);
    },
    setAttribute(name, value) {
      if (isTold(name, value)) span.setAttribute(todaysName(name), value);
    },
    end: () => span.end(),
    recordException: (exception) => span.recordException(exception),
    isRecording: () => span.isRecording(),
  };
}

function headersOf(parent: Context): Record<string, string> {
  const carried = trace.getSpanContext(parent);
  if (!carried) return {};
  const isSampled = (carried.traceFlags & TraceFlags.SAMPLED) !== 0;
  return { traceparent: writeTraceparent({ ...carried, isSampled }) };
}

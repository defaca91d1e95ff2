/**
 * Spans of Azure's SDKs, only where the trace they are in is kept: each call to storage makes several,
 * and to make them for nothing costs a tenth of a photo's processor time.
 */
import {
  type Instrumenter,
  type InstrumenterSpanOptions,
  type TracingSpan,
  useInstrumenter,
} from '@azure/core-tracing';
import { createOpenTelemetryInstrumenter } from '@azure/opentelemetry-instrumentation-azure-sdk';
import { type Context, context, ROOT_CONTEXT, trace } from '@opentelemetry/api';

const noSpan: TracingSpan = {
  setStatus: () => {},
  setAttribute: () => {},
  end: () => {},
  recordException: () => {},
  isRecording: () => false,
};

/** Named already, under the SDKs' own key: they would make a context of each call to name it. */
const unkept = ROOT_CONTEXT.setValue(Symbol.for('@azure/core-tracing namespace'), 'none');

export function traceAzureSdks(): void {
  const whole = createOpenTelemetryInstrumenter();
  const kept: Instrumenter = {
    startSpan(name, options) {
      // What the SDKs hand on is OpenTelemetry's own context, under a name of theirs.
      const parent: Context = options.tracingContext ?? context.active();
      if (!trace.getSpan(parent)?.isRecording()) return { span: noSpan, tracingContext: unkept };
      return isWrapper(options)
        ? { span: noSpan, tracingContext: parent }
        : whole.startSpan(name, withoutAgent(options));
    },
    // What belongs to no span of theirs goes on in the context that it is in already.
    withContext: (parent, work, ...given) =>
      trace.getSpan(parent) ? whole.withContext(parent, work, ...given) : work(...given),
    parseTraceparentHeader: (header) => whole.parseTraceparentHeader(header),
    createRequestHeaders: (parent) => whole.createRequestHeaders(parent),
  };
  useInstrumenter(kept);
}

/** Storage's own span around each request tells nothing that the request's does not. */
function isWrapper({ packageName, spanKind }: InstrumenterSpanOptions): boolean {
  return packageName.startsWith('@azure/storage-') && (spanKind ?? 'internal') === 'internal';
}

/** The same of every call; a hundred bytes each, paid for. */
function withoutAgent(options: InstrumenterSpanOptions): InstrumenterSpanOptions {
  const { 'http.user_agent': _, ...spanAttributes } = options.spanAttributes ?? {};
  return { ...options, spanAttributes };
}

/**
 * Spans of Azure's SDKs, only where the trace they are in is kept: each call to storage makes several,
 * and to make them for nothing costs a tenth of a photo's processor time.
 */
import { type Instrumenter, type TracingSpan, useInstrumenter } from '@azure/core-tracing';
import { createOpenTelemetryInstrumenter } from '@azure/opentelemetry-instrumentation-azure-sdk';
import { type Context, context, trace } from '@opentelemetry/api';

const noSpan: TracingSpan = {
  setStatus: () => {},
  setAttribute: () => {},
  end: () => {},
  recordException: () => {},
  isRecording: () => false,
};

export function traceAzureSdks(): void {
  const whole = createOpenTelemetryInstrumenter();
  const kept: Instrumenter = {
    startSpan(name, options) {
      // What the SDKs hand on is OpenTelemetry's own context, under a name of theirs.
      const parent: Context = options?.tracingContext ?? context.active();
      return trace.getSpan(parent)?.isRecording()
        ? whole.startSpan(name, options)
        : { span: noSpan, tracingContext: parent };
    },
    withContext: (parent, work, ...given) => whole.withContext(parent, work, ...given),
    parseTraceparentHeader: (header) => whole.parseTraceparentHeader(header),
    createRequestHeaders: (parent) => whole.createRequestHeaders(parent),
  };
  useInstrumenter(kept);
}

/**
 * A span for each invocation, made where the handler is wrapped: a hook of the worker comes too early,
 * its span would be lost as a parent.
 */
import { type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { TelemetryClient } from 'applicationinsights';
import { messageOf, safeError } from '../../errors.ts';
import type { InvocationTelemetry, LogLine } from '../../telemetry/invocation.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { readTraceparent } from '../../telemetry/traceparent.ts';
import { namedRequest, originOf, withoutSpan } from './spanMaker.ts';

type Client = Pick<TelemetryClient, 'trackTrace' | 'trackException'>;

/** As Application Insights counts them. */
const severities: Readonly<Record<LogLine['level'], string>> = {
  debug: 'Verbose',
  information: 'Information',
  warning: 'Warning',
  error: 'Error',
  critical: 'Critical',
};

export function invocationTelemetry(
  tracer: Tracer,
  telemetry: Pick<Telemetry, 'count' | 'rootOf'>,
  client: Client,
): InvocationTelemetry {
  return {
    run({ functionName, invocationId, trigger, hostTraceparent, root }, work) {
      const isKeptByHost = readTraceparent(hostTraceparent)?.isSampled === true;
      const own = root ?? telemetry.rootOf(`invocation/${invocationId}`);
      const { parent, unkept } = originOf(isKeptByHost ? hostTraceparent : own);
      const told = async (span?: Span): Promise<Awaited<ReturnType<typeof work>>> => {
        try {
          return await work();
        } catch (error) {
          telemetry.count('sightglass.invocations.failed', 1, { function: functionName });
          span?.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
          client.trackException({ exception: safeError(error), properties: { invocationId } });
          throw error;
        } finally {
          span?.end();
        }
      };
      if (unkept) return withoutSpan(parent, () => told());
      // The host tells of the request itself where it keeps its span: a second one would double it.
      const kind = isKeptByHost ? SpanKind.INTERNAL : SpanKind.CONSUMER;
      const attributes = {
        'faas.name': functionName,
        'faas.invocation_id': invocationId,
        'faas.trigger': trigger,
        ...namedRequest(functionName, kind),
      };
      return tracer.startActiveSpan(functionName, { kind, attributes }, parent, told);
    },
    log({ level, message, functionName, invocationId }) {
      // What every outcome's event says already is told again only where the whole trace is kept.
      if (isOrdinary(level) && trace.getActiveSpan()?.isRecording() === false) return;
      const about = { 'faas.name': functionName, 'faas.invocation_id': invocationId };
      const known = Object.entries(about).filter(([, value]) => value !== undefined);
      const properties = Object.fromEntries(known);
      client.trackTrace({ message, severity: severities[level], properties });
    },
  };
}

function isOrdinary(level: LogLine['level']): boolean {
  return level === 'information' || level === 'debug';
}

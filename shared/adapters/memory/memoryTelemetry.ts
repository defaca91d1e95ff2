/** Telemetry in memory: what was told stays readable, each name with its latest first. */
import type { SpanAttributesOf, Telemetry } from '../../telemetry/telemetry.ts';
import { readTraceparent, rootTraceparent, writeTraceparent } from '../../telemetry/traceparent.ts';

interface ToldEvent {
  readonly name: string;
  readonly properties: Readonly<Record<string, string | undefined>>;
  readonly measurements: Readonly<Record<string, number | undefined>>;
}

interface ToldMetric {
  readonly name: string;
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string | undefined>>;
}

interface ToldSpan {
  readonly name: string;
  readonly parent: string;
  readonly traceparent: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly failedWith: string | undefined;
}

export interface MemoryTelemetry extends Telemetry {
  readonly events: ToldEvent[];
  readonly metrics: ToldMetric[];
  /** In the order in which they ended. */
  readonly spans: ToldSpan[];
  readonly availabilities: Parameters<Telemetry['availability']>[0][];
}

export function memoryTelemetry(): MemoryTelemetry {
  const told: Pick<MemoryTelemetry, 'events' | 'metrics' | 'spans' | 'availabilities'> = {
    events: [],
    metrics: [],
    spans: [],
    availabilities: [],
  };
  let spanCount = 0;
  const keep = (name: string, value: number, dimensions: ToldMetric['dimensions']) =>
    void told.metrics.push({ name, value, dimensions });
  return {
    ...told,
    count: keep,
    record: keep,
    event: (name, properties, measurements) =>
      void told.events.push({ name, properties, measurements }),
    availability: (result) => void told.availabilities.push(result),
    async span(name, parent, work) {
      spanCount += 1;
      const spanId = spanCount.toString(16).padStart(16, '0');
      const from = readTraceparent(parent);
      const traceparent = from ? writeTraceparent({ ...from, spanId }) : parent;
      let attributes: SpanAttributesOf<typeof name> = {};
      let failedWith: string | undefined;
      const note = (more: typeof attributes) => {
        attributes = { ...attributes, ...more };
      };
      const fail = (code: string) => {
        failedWith = code;
      };
      try {
        return await work({ traceparent, note, fail });
      } finally {
        told.spans.push({ name, parent, traceparent, attributes, failedWith });
      }
    },
    rootOf: (subject) => rootTraceparent(subject, 1),
  };
}

/**
 * The port to telemetry. Names come from the catalogue: an unlisted one does not compile. Nothing
 * here waits, throws or slows a photo; what can't be sent is dropped and counted.
 */
import type { AttributeName, AttributeValue } from './catalogue/attributes.ts';
import type { EventName, events } from './catalogue/events.ts';
import type { CounterName, MetricName, metrics, ReadingName } from './catalogue/metrics.ts';
import type { SpanName, spans } from './catalogue/spans.ts';

type Values<Name extends AttributeName> = {
  readonly [Key in Name]: (AttributeValue<Key> & string) | undefined;
};

export type DimensionsOf<Name extends MetricName> = Values<
  (typeof metrics)[Name]['dimensions'][number]
>;

export type PropertiesOf<Name extends EventName> = Values<
  (typeof events)[Name]['properties'][number]
>;

export type MeasurementsOf<Name extends EventName> = {
  readonly [Key in (typeof events)[Name]['measurements'][number]]?: number | undefined;
};

export type SpanAttributesOf<Name extends SpanName> = Partial<
  Values<(typeof spans)[Name]['attributes'][number]>
>;

export interface SpanNotes<Name extends SpanName> {
  /** Of this span, to be carried to whoever goes on with the work. */
  readonly traceparent: string;
  note(attributes: SpanAttributesOf<Name>): void;
  /** @param code - the span counts as failed. */
  fail(code: string): void;
}

export interface AvailabilityResult {
  /** What was probed. */
  readonly name: string;
  readonly isAvailable: boolean;
  readonly durationMs: number;
  /** One line, safe to show. */
  readonly message: string;
}

export interface Telemetry {
  /** @param amount - what is added; never negative. */
  count<Name extends CounterName>(name: Name, amount: number, dimensions: DimensionsOf<Name>): void;
  record<Name extends ReadingName>(name: Name, value: number, dimensions: DimensionsOf<Name>): void;
  event<Name extends EventName>(
    name: Name,
    properties: PropertiesOf<Name>,
    measurements: MeasurementsOf<Name>,
  ): void;
  availability(result: AvailabilityResult): void;
  /**
   * Does work inside a span.
   *
   * @param traceparent - what the work goes on from. A span of the same trace that is active already
   *   becomes the parent instead.
   * @throws whatever the work throws; the span counts as failed then.
   */
  span<Name extends SpanName, Result>(
    name: Name,
    traceparent: string,
    work: (span: SpanNotes<Name>) => Promise<Result>,
  ): Promise<Result>;
  /**
   * Where a trace about something begins that nobody has traced before: the same for the same
   * subject, everywhere, and sampled or not as a whole.
   */
  rootOf(subject: string): string;
}

/**
 * What an alert looks at: rows of one table, narrowed by name and dimensions, made one number. Said
 * once, it is both a query for Application Insights and a calculation on rows.
 */
import type { AttributeName, AttributeValue } from '../catalogue/attributes.ts';
import type { EventName, events } from '../catalogue/events.ts';
import type { MeasurementName } from '../catalogue/measurements.ts';
import type { CounterName, MetricName, metrics, ReadingName } from '../catalogue/metrics.ts';

/** A dimension or property, and the values that count. */
export type Filter = Readonly<Partial<Record<AttributeName, readonly string[]>>>;

export type SignalTable = 'customEvents' | 'customMetrics' | 'availabilityResults';

export type Aggregation =
  /** How many rows. */
  | { readonly kind: 'rows' }
  /** Of a counter: all that was counted. */
  | { readonly kind: 'total' }
  /** Of a reading: the largest, or smallest, that was looked at. */
  | { readonly kind: 'largest' | 'smallest' }
  /** Of a counter, or of rows: the fraction in [0, 1] that the filter holds for. */
  | { readonly kind: 'share'; readonly part: Filter }
  /** Of a measurement; rows without it don't count. */
  | { readonly kind: 'percentile'; readonly of: MeasurementName; readonly percent: number };

export interface Signal {
  /** Names the number in queries and answers; carries its unit. */
  readonly as: string;
  readonly table: SignalTable;
  readonly name: string;
  readonly where: Filter;
  /** Of availability results: those that failed only. */
  readonly isFailedOnly: boolean;
  readonly aggregation: Aggregation;
}

type FilterOn<Name extends AttributeName> = {
  readonly [Key in Name]?: readonly (AttributeValue<Key> & string)[];
};
type OnEvent<Name extends EventName> = FilterOn<(typeof events)[Name]['properties'][number]>;
type OnMetric<Name extends MetricName> = FilterOn<(typeof metrics)[Name]['dimensions'][number]>;

export function eventCount<Name extends EventName>(
  as: string,
  name: Name,
  where: OnEvent<Name> = {},
): Signal {
  return onEvents(as, name, where, { kind: 'rows' });
}

export function eventShare<Name extends EventName>(
  as: string,
  name: Name,
  part: OnEvent<Name>,
  where: OnEvent<Name> = {},
): Signal {
  return onEvents(as, name, where, { kind: 'share', part });
}

/** The 95th percentile of a measurement. */
export function eventP95<Name extends EventName>(
  as: string,
  name: Name,
  of: (typeof events)[Name]['measurements'][number],
  where: OnEvent<Name> = {},
): Signal {
  return onEvents(as, name, where, { kind: 'percentile', of, percent: 95 });
}

export function total<Name extends CounterName>(
  as: string,
  name: Name,
  where: OnMetric<Name> = {},
): Signal {
  return onMetric(as, name, where, { kind: 'total' });
}

export function share<Name extends CounterName>(
  as: string,
  name: Name,
  part: OnMetric<Name>,
): Signal {
  return onMetric(as, name, {}, { kind: 'share', part });
}

export function largest<Name extends ReadingName>(
  as: string,
  name: Name,
  where: OnMetric<Name> = {},
): Signal {
  return onMetric(as, name, where, { kind: 'largest' });
}

export function smallest<Name extends ReadingName>(
  as: string,
  name: Name,
  where: OnMetric<Name> = {},
): Signal {
  return onMetric(as, name, where, { kind: 'smallest' });
}

/** How often a value was looked at, as far as that arrived. */
export function rowCount(as: string, name: ReadingName): Signal {
  return onMetric(as, name, {}, { kind: 'rows' });
}

export function failedProbes(as: string, name: string): Signal {
  const aggregation: Aggregation = { kind: 'rows' };
  return { as, table: 'availabilityResults', name, where: {}, isFailedOnly: true, aggregation };
}

function onEvents(as: string, name: string, where: Filter, aggregation: Aggregation): Signal {
  return { as, table: 'customEvents', name, where, isFailedOnly: false, aggregation };
}

function onMetric(as: string, name: string, where: Filter, aggregation: Aggregation): Signal {
  return { as, table: 'customMetrics', name, where, isFailedOnly: false, aggregation };
}

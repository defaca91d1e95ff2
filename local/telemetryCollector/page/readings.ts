/** What arrived within a span of time, read by the catalogue's names. */
import type { DimensionName } from '../../../shared/telemetry/catalogue/attributes.ts';
import type { EventName, events } from '../../../shared/telemetry/catalogue/events.ts';
import type { CounterName, ReadingName } from '../../../shared/telemetry/catalogue/metrics.ts';
import { endpointProbe } from '../../../shared/telemetry/catalogue/probes.ts';
import type { Row, Table } from '../tables/row.ts';
import type { Point, Span } from './overTime.ts';

interface Within {
  readonly name?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

export type ReadRows = (table: Table, query?: Within) => readonly Row[];

type Property<Name extends EventName> = (typeof events)[Name]['properties'][number];
type Measurement<Name extends EventName> = (typeof events)[Name]['measurements'][number];

export interface Told<Name extends EventName> {
  readonly atMs: number;
  readonly is: (name: Property<Name>) => string | undefined;
  readonly measured: (name: Measurement<Name>) => number | undefined;
}

export type Readings = ReturnType<typeof readings>;

export function readings(rows: ReadRows, span: Span) {
  const { sinceMs, untilMs } = span;
  const within = { sinceMs, untilMs: untilMs - 1 };
  const metric = (name: CounterName | ReadingName) => rows('customMetrics', { ...within, name });
  return {
    span,
    events<Name extends EventName>(name: Name): Told<Name>[] {
      return rows('customEvents', { ...within, name }).map((row) => ({
        atMs: row.timestampMs,
        is: (property) => row.customDimensions[property],
        measured: (measurement) => row.customMeasurements[measurement],
      }));
    },
    counted: (name: CounterName, by: DimensionName): Point[] =>
      metric(name).map((row) => ({
        atMs: row.timestampMs,
        label: row.customDimensions[by] ?? 'unknown',
        value: row.valueSum ?? 0,
      })),
    /** @param label - a dimension, or what the line is called. */
    read: (name: ReadingName, label: (row: Row) => string): Point[] =>
      metric(name).map((row) => ({
        atMs: row.timestampMs,
        label: label(row),
        value: (row.valueSum ?? 0) / (row.valueCount || 1),
      })),
    /** Whenever that was: readings are minutes apart. */
    latest(name: ReadingName): number | null {
      return rows('customMetrics', { name }).at(-1)?.valueMax ?? null;
    },
    latestBy(name: ReadingName, by: DimensionName): [string, number][] {
      const all = rows('customMetrics', { name });
      return [...new Map(all.map((row) => [row.customDimensions[by] ?? '', row.valueMax ?? 0]))];
    },
    probes: () => rows('availabilityResults', { ...within, name: endpointProbe }),
  };
}

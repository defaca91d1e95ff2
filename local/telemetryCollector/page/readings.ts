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

interface Latest {
  readonly value: number;
  readonly atMs: number;
  readonly quotaMode: string | undefined;
}

export type Readings = ReturnType<typeof readings>;

const dayMs = 86_400_000;

export function readings(rows: ReadRows, span: Span, nowMs: number) {
  const { sinceMs, untilMs } = span;
  const within = { sinceMs, untilMs: untilMs - 1 };
  const metric = (name: CounterName | ReadingName) => rows('customMetrics', { ...within, name });
  const told = <Name extends EventName>(name: Name, query: Within): Told<Name>[] =>
    rows('customEvents', { ...query, name }).map((row) => ({
      atMs: row.timestampMs,
      is: (property) => row.customDimensions[property],
      measured: (measurement) => row.customMeasurements[measurement],
    }));
  /** By several dimensions: their values are lines of the label. */
  const counted = (name: CounterName, ...by: DimensionName[]) => countedIn(metric(name), ...by);
  return {
    span,
    nowMs,
    events: <Name extends EventName>(name: Name): Told<Name>[] => told(name, within),
    /** Parked, and not heard of since, whenever that was. */
    waitingPhotos: (): Told<'photo.parked'>[] => {
      const ended = new Map(told('photo.settled', {}).map(({ atMs, is }) => [is('photo'), atMs]));
      const parked = new Map(told('photo.parked', {}).map((event) => [event.is('photo'), event]));
      return [...parked.values()].filter(({ atMs, is }) => (ended.get(is('photo')) ?? 0) < atMs);
    },
    counted,
    /** Since 00:00 UTC. */
    countedToday: (name: CounterName, by: DimensionName): Point[] => {
      const today = { name, sinceMs: nowMs - (nowMs % dayMs) };
      return countedIn(rows('customMetrics', today), by);
    },
    /** Calls that were paid for, by lane. */
    paid: (): Point[] => {
      const calls = metric('sightglass.prediction.calls');
      const isPaid = ({ customDimensions }: Row) => customDimensions['answer'] === 'predicted';
      return countedIn(calls.filter(isPaid), 'lane');
    },
    /** @param label - a dimension, or what the line is called. */
    read: (name: ReadingName, label: (row: Row) => string): Point[] =>
      metric(name).map((row) => ({
        atMs: row.timestampMs,
        label: label(row),
        value: (row.valueSum ?? 0) / (row.valueCount || 1),
      })),
    /** Whenever that was: readings are minutes apart. */
    latest: (name: ReadingName): Latest | undefined => {
      const row = rows('customMetrics', { name }).at(-1);
      if (!row) return undefined;
      const { timestampMs: atMs, valueMax: value = 0, customDimensions } = row;
      return { value, atMs, quotaMode: customDimensions['quotaMode'] };
    },
    latestBy: (name: ReadingName, by: DimensionName): [string, number][] => {
      const all = rows('customMetrics', { name });
      return [...new Map(all.map((row) => [row.customDimensions[by] ?? '', row.valueMax ?? 0]))];
    },
    probes: () => rows('availabilityResults', { ...within, name: endpointProbe }),
    /** Whenever that was. */
    latestProbe: () => rows('availabilityResults', { name: endpointProbe }).at(-1),
  };
}

function countedIn(rows: readonly Row[], ...by: DimensionName[]): Point[] {
  return rows.map((row) => ({
    atMs: row.timestampMs,
    label: by.map((dimension) => row.customDimensions[dimension] ?? 'unknown').join('\n'),
    value: row.valueSum ?? 0,
  }));
}

/** Points put into bins of time, and the numbers made of each bin. */
import { attributes } from '../../../shared/telemetry/catalogue/attributes.ts';
import type { Line } from './panel.ts';

export interface Span {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly binMs: number;
}

export interface Point {
  readonly atMs: number;
  readonly label: string;
  readonly value: number;
}

type Reduce = (values: readonly number[]) => number | null;

const binCount = 60;

/** Begins at a whole bin, so that bins keep their content while time goes on. */
export function lastMinutes(nowMs: number, minutes: number): Span {
  const binMs = (minutes * 60_000) / binCount;
  const untilMs = (Math.floor(nowMs / binMs) + 1) * binMs;
  return { sinceMs: untilMs - binCount * binMs, untilMs, binMs };
}

export function timesOf({ sinceMs, binMs }: Span): number[] {
  return Array.from({ length: binCount }, (_, index) => sinceMs + index * binMs);
}

/**
 * @returns one line for each label: those of the catalogue in its order, so that colours stay as they
 *   are while time goes on; others in the order in which they are first met.
 */
export function overTime(points: readonly Point[], span: Span, reduce: Reduce): Line[] {
  const groups = [...Map.groupBy(points, ({ label }) => label)];
  groups.sort(([one], [other]) => placeOf(one) - placeOf(other));
  return groups.map(([label, own]) => {
    const bins = Map.groupBy(own, ({ atMs }) => Math.floor((atMs - span.sinceMs) / span.binMs));
    const values = timesOf(span).map((_, index) => {
      return reduce((bins.get(index) ?? []).map(({ value }) => value));
    });
    return { label, values };
  });
}

const listed: readonly string[] = Object.values(attributes).flatMap((attribute) =>
  'values' in attribute ? attribute.values : [],
);

function placeOf(label: string): number {
  const place = listed.indexOf(label);
  return place < 0 ? listed.length : place;
}

export const sum: Reduce = (values) => values.reduce((total, value) => total + value, 0);

/** Nothing where nobody looked. */
export const mean: Reduce = (values) =>
  values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length;

/** The smallest value that so many percent do not exceed. */
export function percentile(values: readonly number[], percent: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}

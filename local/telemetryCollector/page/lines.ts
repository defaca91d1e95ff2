/** Panels that most sections are made of. */
import { overTime, type Point, type Span, timesOf } from './overTime.ts';
import type { BarsPanel, LinesPanel } from './panel.ts';

interface Drawn {
  readonly points: readonly Point[];
  /** What becomes of the points of one bin. */
  readonly of: Parameters<typeof overTime>[2];
}

export function lines(title: string, unit: string, span: Span, { points, of }: Drawn): LinesPanel {
  const drawn = overTime(points, span, of);
  return { kind: 'lines', title, unit, timesMs: timesOf(span), lines: drawn };
}

/** The largest first. */
export function totals(title: string, unit: string, points: readonly Point[]): BarsPanel {
  const groups = Map.groupBy(points, ({ label }) => label);
  const bars = [...groups].map(([label, own]) => ({
    label,
    value: own.reduce((total, { value }) => total + value, 0),
  }));
  return { kind: 'bars', title, unit, bars: bars.toSorted((a, b) => b.value - a.value) };
}

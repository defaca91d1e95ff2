/** Panels that most sections are made of. */
import { overTime, type Point, type Span, timesOf } from './overTime.ts';
import type { BarsPanel, Emptiness, LinesPanel } from './panel.ts';

export interface Heading {
  /** The question it answers. */
  readonly title: string;
  readonly unit: string;
  readonly empty: Emptiness;
  /** Upper end of the scale where that is fixed. */
  readonly fullScale?: number;
}

interface Drawn {
  readonly span: Span;
  readonly points: readonly Point[];
  /** What becomes of the points of one bin. */
  readonly of: Parameters<typeof overTime>[2];
}

export function lines(heading: Heading, { span, points, of }: Drawn): LinesPanel {
  const drawn = overTime(points, span, of);
  return { kind: 'lines', ...heading, timesMs: timesOf(span), lines: drawn };
}

/** The largest first. */
export function totals(heading: Heading, points: readonly Point[]): BarsPanel {
  const groups = Map.groupBy(points, ({ label }) => label);
  const bars = [...groups].map(([label, own]) => ({
    label,
    value: own.reduce((total, { value }) => total + value, 0),
  }));
  return { kind: 'bars', ...heading, bars: bars.toSorted((a, b) => b.value - a.value) };
}

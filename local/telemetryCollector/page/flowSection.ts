/** How long photos take, and where: from arrival to result. */
import { stages } from '../../../shared/telemetry/catalogue/measurements.ts';
import { lines } from './lines.ts';
import { overTime, percentile, sum, timesOf } from './overTime.ts';
import type { BarsPanel, LinesPanel, Section, TablePanel } from './panel.ts';
import type { Readings, Told } from './readings.ts';

const percents = [50, 95, 99] as const;

const labels: Readonly<Record<(typeof stages)[number], string>> = {
  pickupMs: 'arrival → pickup',
  openMs: 'open',
  claimMs: 'claim',
  lookupMs: 'look up',
  readMs: 'download',
  checkMs: 'check',
  slotMs: 'slot wait',
  predictMs: 'prediction call',
  recordMs: 'store',
  publishMs: 'publish',
  parkedMs: 'parked',
  endToEndMs: 'end to end',
};

type Settled = Told<'photo.settled'>;

export function flowSection(readings: Readings): Section {
  const settled = readings.events('photo.settled');
  const predicted = settled.filter(({ is }) => is('outcome') === 'predicted');
  return {
    title: 'Flow',
    text: 'Times of photos that were predicted, from the measurements of every outcome.',
    panels: [
      latency(predicted, readings),
      throughput(readings),
      stageTimes(predicted),
      groupTimes(predicted),
      confidence(predicted),
    ],
  };
}

function latency(predicted: readonly Settled[], { span }: Readings): LinesPanel {
  const points = predicted.map(({ atMs, measured }) => ({
    atMs,
    label: 'end to end',
    value: measured('endToEndMs') ?? 0,
  }));
  return {
    kind: 'lines',
    title: 'How long from arrival to result?',
    unit: 'ms',
    timesMs: timesOf(span),
    lines: percents.flatMap((percent) =>
      overTime(points, span, (values) => percentile(values, percent)).map(({ values }) => ({
        label: `p${percent}`,
        values,
      })),
    ),
  };
}

function throughput(readings: Readings): LinesPanel {
  const perMinute = 60_000 / readings.span.binMs;
  const points = readings.events('photo.settled').map(({ atMs, is }) => ({
    atMs,
    label: is('outcome') ?? 'unknown',
    value: perMinute,
  }));
  return lines('How many photos end, and how?', 'photos/min', readings.span, { points, of: sum });
}

function stageTimes(predicted: readonly Settled[]): TablePanel {
  return {
    kind: 'table',
    title: 'Where does the time go?',
    columns: ['Stage', 'Photos', 'p50 ms', 'p95 ms', 'p99 ms'],
    rows: stages.flatMap((name) => {
      const values = predicted.flatMap(({ measured }) => measured(name) ?? []);
      return values.length === 0 ? [] : [[labels[name], values.length, ...percentilesOf(values)]];
    }),
  };
}

function groupTimes(predicted: readonly Settled[]): TablePanel {
  const groups = Map.groupBy(predicted, ({ is }) => `${is('site') ?? '–'}\n${is('model') ?? '–'}`);
  const rows = [...groups].map(([names, own]) => {
    const values = own.flatMap(({ measured }) => measured('endToEndMs') ?? []);
    return [...names.split('\n'), own.length, ...percentilesOf(values)];
  });
  return {
    kind: 'table',
    title: 'How long, per site and model?',
    columns: ['Site', 'Model', 'Photos', 'p50 ms', 'p95 ms', 'p99 ms'],
    rows,
  };
}

function percentilesOf(values: readonly number[]): (number | null)[] {
  return percents.map((percent) => percentile(values, percent));
}

/** In twenty steps from 0 to 1; 1 itself belongs to the last. */
function confidence(predicted: readonly Settled[]): BarsPanel {
  const stepCount = 20;
  const counts = Array.from({ length: stepCount }, () => 0);
  for (const { measured } of predicted) {
    const value = measured('confidence');
    if (value === undefined) continue;
    const step = Math.min(stepCount - 1, Math.floor(value * stepCount));
    counts[step] = (counts[step] ?? 0) + 1;
  }
  const bars = counts.map((value, step) => ({ label: (step / stepCount).toFixed(2), value }));
  const title = 'How sure is the model?';
  return { kind: 'bars', title, unit: 'photos by confidence from', bars };
}

/** How long photos take, and where: from arrival to result. */
import { stages } from '../../../shared/telemetry/catalogue/measurements.ts';
import { noPhotoEnded } from './emptiness.ts';
import { lines } from './lines.ts';
import { overTime, percentile, sum, timesOf } from './overTime.ts';
import type { BarsPanel, Cell, LinesPanel, Section, TablePanel } from './panel.ts';
import type { Readings, Told } from './readings.ts';

const percents = [50, 95, 99] as const;
const slowestCount = 20;
/** All stages of a few sites: past that the slowest say enough. */
const groupCount = 100;

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
    text: 'Times of photos that were predicted, from the measurements of every outcome: none is sampled away.',
    panels: [
      throughput(readings),
      latency(predicted, readings),
      stageTimes(predicted),
      siteTimes(predicted),
      siteStageTimes(predicted),
      slowest(predicted),
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
    empty: noPhotoEnded,
    timesMs: timesOf(span),
    lines: percents.flatMap((percent) =>
      overTime(points, span, (values) => percentile(values, percent)).map(({ values }) => ({
        label: `p${percent}`,
        values,
      })),
    ),
  };
}

function throughput({ span, events }: Readings): LinesPanel {
  const perMinute = 60_000 / span.binMs;
  const points = events('photo.settled').map(({ atMs, is }) => ({
    atMs,
    label: is('outcome') ?? 'unknown',
    value: perMinute,
  }));
  const title = 'How many photos ended, and how?';
  return lines({ title, unit: 'photos/min', empty: noPhotoEnded }, { span, points, of: sum });
}

const percentileColumns = ['Photos', 'p50 ms', 'p95 ms', 'p99 ms'];

function stageTimes(predicted: readonly Settled[]): TablePanel {
  return {
    kind: 'table',
    title: 'Where does the time go?',
    empty: noPhotoEnded,
    columns: ['Stage', ...percentileColumns],
    rows: stageRows(predicted),
  };
}

/** In the order of a photo's way; stages that nobody went through are left out. */
function stageRows(predicted: readonly Settled[]): Cell[][] {
  return stages.flatMap((name) => {
    const values = predicted.flatMap(({ measured }) => measured(name) ?? []);
    return values.length === 0 ? [] : [[labels[name], values.length, ...percentilesOf(values)]];
  });
}

function siteTimes(predicted: readonly Settled[]): TablePanel {
  const rows = bySiteAndModel(predicted).map(({ names, own }) => {
    const values = own.flatMap(({ measured }) => measured('endToEndMs') ?? []);
    return [...names, own.length, ...percentilesOf(values)];
  });
  return {
    kind: 'table',
    title: 'How long, per site and model?',
    empty: noPhotoEnded,
    columns: ['Site', 'Model', ...percentileColumns],
    rows: slowestFirst(rows, 4),
  };
}

function siteStageTimes(predicted: readonly Settled[]): TablePanel {
  const rows = bySiteAndModel(predicted).flatMap(({ names, own }) =>
    stageRows(own).map(([stage = '', ...rest]) => [stage, ...names, ...rest]),
  );
  return {
    kind: 'table',
    title: 'Where does the time go, per site and model?',
    empty: noPhotoEnded,
    columns: ['Stage', 'Site', 'Model', ...percentileColumns],
    rows: slowestFirst(rows, 5).slice(0, groupCount),
  };
}

function bySiteAndModel(predicted: readonly Settled[]) {
  const groups = Map.groupBy(predicted, ({ is }) => `${is('site') ?? '–'}\n${is('model') ?? '–'}`);
  return [...groups].map(([key, own]) => ({ names: key.split('\n'), own }));
}

function slowestFirst(rows: readonly Cell[][], p95Column: number): Cell[][] {
  return rows.toSorted((a, b) => Number(b[p95Column] ?? 0) - Number(a[p95Column] ?? 0));
}

function percentilesOf(values: readonly number[]): (number | null)[] {
  return percents.map((percent) => percentile(values, percent));
}

function slowest(predicted: readonly Settled[]): TablePanel {
  const rows = predicted.map(({ atMs, is, measured }) => [
    { atMs },
    { photo: is('photo') ?? '' },
    is('site') ?? '–',
    measured('endToEndMs') ?? null,
    measured('parkedMs') ?? null,
    measured('predictMs') ?? null,
  ]);
  return {
    kind: 'table',
    title: 'Which photos took longest?',
    empty: noPhotoEnded,
    columns: ['When', 'Photo', 'Site', 'In all ms', 'Parked ms', 'Call ms'],
    rows: slowestFirst(rows, 3).slice(0, slowestCount),
  };
}

/** In ten steps from 0 to 1; 1 itself belongs to the last. */
function confidence(predicted: readonly Settled[]): BarsPanel {
  const stepCount = 10;
  const counts = Array.from({ length: stepCount }, () => 0);
  for (const { measured } of predicted) {
    const value = measured('confidence');
    if (value === undefined) continue;
    const step = Math.min(stepCount - 1, Math.floor(value * stepCount));
    counts[step] = (counts[step] ?? 0) + 1;
  }
  const isKnown = counts.some((count) => count > 0);
  const bars = (isKnown ? counts : []).map((value, step) => ({
    label: `${(step / stepCount).toFixed(1)} – ${((step + 1) / stepCount).toFixed(1)}`,
    value,
  }));
  const title = 'How sure is the model?';
  return { kind: 'bars', title, unit: 'photos by confidence', empty: noPhotoEnded, bars };
}

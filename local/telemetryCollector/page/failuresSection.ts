/** What fails, whose it is, and whether the endpoint can be reached. */
import { whose } from '../../../shared/telemetry/catalogue/whose.ts';
import { nobodyWaits, noCalls, none, untilTold } from './emptiness.ts';
import { lines, totals } from './lines.ts';
import { mean, sum } from './overTime.ts';
import type { Cell, Section, TablePanel } from './panel.ts';
import type { Readings } from './readings.ts';

const latestCount = 20;

export function failuresSection(readings: Readings): Section {
  const { span, counted } = readings;
  return {
    title: 'Failures',
    text: 'throttled and quotaExhausted are the quota, transient is the service, misconfigured is ours, unfit the sender’s.',
    panels: [
      failing(readings),
      lines(
        { title: 'What did prediction calls come to?', unit: 'calls', empty: noCalls },
        { span, points: counted('sightglass.prediction.calls', 'answer'), of: sum },
      ),
      codes(readings),
      availability(readings),
      refused(readings),
      breaker(readings),
      turnedAway(readings),
      givenUp(readings),
      totals(
        { title: 'Which functions end in errors?', unit: 'invocations', empty: none },
        counted('sightglass.invocations.failed', 'function'),
      ),
      telemetryLost(readings),
    ],
  };
}

function failing({ counted }: Readings): TablePanel {
  const parked = Map.groupBy(
    counted('sightglass.photos.parked', 'failureClass'),
    ({ label }) => label,
  );
  const rows = [...parked].map(([failureClass, own]): Cell[] => [
    failureClass,
    whose(failureClass),
    own.reduce((total, { value }) => total + value, 0),
  ]);
  return {
    kind: 'table',
    title: 'What fails, and whose is it?',
    empty: nobodyWaits,
    columns: ['Class', 'Whose', 'Parkings'],
    rows: rows.toSorted((a, b) => Number(b[2]) - Number(a[2])),
  };
}

function codes({ events }: Readings): TablePanel {
  const groups = Map.groupBy(
    events('photo.parked'),
    ({ is }) => `${is('failureClass') ?? ''}\n${is('code') ?? ''}`,
  );
  return {
    kind: 'table',
    title: 'With which codes do photos wait?',
    empty: nobodyWaits,
    columns: ['Class', 'Code', 'Told', 'Latest', 'Example'],
    rows: [...groups].map(([key, own]) => [
      ...key.split('\n'),
      own.length,
      { atMs: own.at(-1)?.atMs ?? 0 },
      { photo: own.at(-1)?.is('photo') ?? '' },
    ]),
  };
}

function availability({ span, probes, nowMs }: Readings) {
  const points = probes().map(({ timestampMs, success }) => ({
    atMs: timestampMs,
    label: 'reachable',
    value: success === false ? 0 : 100,
  }));
  const title = 'Is the endpoint reachable?';
  const empty = untilTold(nowMs, 'probeEndpoint');
  const heading = { title, unit: '% of probes', empty, fullScale: 100 };
  return lines(heading, { span, points, of: mean });
}

function refused({ probes }: Readings): TablePanel {
  return {
    kind: 'table',
    title: 'What did failed probes say?',
    empty: none,
    columns: ['When', 'Message', 'ms'],
    rows: latest(probes().filter(({ success }) => success === false)).map(
      ({ timestampMs, message, duration }) => [
        { atMs: timestampMs },
        message ?? '',
        duration ?? null,
      ],
    ),
  };
}

function breaker({ events }: Readings): TablePanel {
  const opened = events('breaker.opened').map(({ atMs, is }) => ({
    atMs,
    cells: ['opened', `${is('failureClass') ?? ''}: ${is('code') ?? ''}`, null],
  }));
  const closed = events('breaker.closed').map(({ atMs, measured }) => ({
    atMs,
    cells: ['closed', '', measured('openForMs') ?? null],
  }));
  return {
    kind: 'table',
    title: 'When did the breaker open and close?',
    empty: none,
    columns: ['When', 'It', 'Because', 'Was open ms'],
    rows: latest([...opened, ...closed].toSorted((a, b) => a.atMs - b.atMs)).map(
      ({ atMs, cells }) => [{ atMs }, ...cells],
    ),
  };
}

function turnedAway({ events }: Readings): TablePanel {
  const gone = events('photo.settled').filter(({ is }) => is('outcome') === 'rejected');
  const groups = Map.groupBy(gone, ({ is }) =>
    [is('reason') ?? '', is('site') ?? '–', is('device') ?? '–'].join('\n'),
  );
  const rows = [...groups].map(([key, own]): Cell[] => [
    ...key.split('\n'),
    own.length,
    { atMs: own.at(-1)?.atMs ?? 0 },
    { photo: own.at(-1)?.is('photo') ?? '' },
  ]);
  return {
    kind: 'table',
    title: 'Why are photos turned away, and whose are they?',
    empty: none,
    columns: ['Reason', 'Site', 'Device', 'Photos', 'Latest', 'Example'],
    rows: rows.toSorted((a, b) => Number(b[3]) - Number(a[3])),
  };
}

function givenUp({ events }: Readings): TablePanel {
  return {
    kind: 'table',
    title: 'Which photos were given up?',
    empty: none,
    columns: ['When', 'Photo', 'Reason', 'Waited ms'],
    rows: latest(events('photo.dead')).map(({ atMs, is, measured }) => [
      { atMs },
      { photo: is('photo') ?? '' },
      is('reason') ?? '',
      measured('waitedMs') ?? null,
    ]),
  };
}

/** Each reason has its own remedy. */
function telemetryLost({ counted }: Readings): TablePanel {
  const lost = counted('sightglass.telemetry.dropped', 'recordKind', 'dropReason');
  const groups = Map.groupBy(lost, ({ label }) => label);
  return {
    kind: 'table',
    title: 'Is telemetry lost, and why?',
    empty: none,
    columns: ['Kind', 'Why', 'Records'],
    rows: [...groups].map(([key, own]) => [
      ...key.split('\n'),
      own.reduce((total, { value }) => total + value, 0),
    ]),
  };
}

/** The latest first. */
function latest<Row>(rows: readonly Row[]): Row[] {
  return rows.slice(-latestCount).toReversed();
}

/** What fails, whose it is, and whether the endpoint can be reached. */
import { lines, totals } from './lines.ts';
import { mean, sum } from './overTime.ts';
import type { Section, TablePanel } from './panel.ts';
import type { Readings } from './readings.ts';

const latestCount = 20;

export function failuresSection(readings: Readings): Section {
  const { span, counted } = readings;
  return {
    title: 'Failures',
    text: 'throttled and quotaExhausted are the quota, transient is the service, misconfigured is ours, unfit the sender’s.',
    panels: [
      lines('What did prediction calls come to?', 'calls', span, {
        points: counted('sightglass.prediction.calls', 'answer'),
        of: sum,
      }),
      totals(
        'Why do photos wait?',
        'parkings',
        counted('sightglass.photos.parked', 'failureClass'),
      ),
      availability(readings),
      refused(readings),
      turnedAway(readings),
      {
        kind: 'bars',
        title: 'In which state are all stored photos?',
        unit: 'photos',
        bars: readings
          .latestBy('sightglass.photos.accounted', 'photoState')
          .map(([label, value]) => ({ label, value })),
      },
      totals(
        'Which functions end in errors?',
        'invocations',
        counted('sightglass.invocations.failed', 'function'),
      ),
    ],
  };
}

function availability(readings: Readings) {
  const points = readings.probes().map(({ timestampMs, success }) => ({
    atMs: timestampMs,
    label: 'reachable',
    value: success === false ? 0 : 100,
  }));
  const title = 'Is the endpoint reachable?';
  return lines(title, '% of probes', readings.span, { points, of: mean });
}

function refused(readings: Readings): TablePanel {
  return {
    kind: 'table',
    title: 'What did failed probes say?',
    columns: ['When', 'Message', 'ms'],
    rows: readings
      .probes()
      .filter(({ success }) => success === false)
      .slice(-latestCount)
      .toReversed()
      .map(({ timestampMs, message, duration }) => [
        timeOf(timestampMs),
        message ?? '',
        duration ?? null,
      ]),
  };
}

function turnedAway(readings: Readings): TablePanel {
  const gone = readings
    .events('photo.settled')
    .filter(({ is }) => is('outcome') === 'rejected' || is('outcome') === 'dead');
  return {
    kind: 'table',
    title: 'Which photos were turned away or given up?',
    columns: ['When', 'Photo', 'Outcome', 'Reason'],
    rows: gone
      .slice(-latestCount)
      .toReversed()
      .map(({ atMs, is }) => [
        timeOf(atMs),
        is('photo') ?? '',
        is('outcome') ?? '',
        is('reason') ?? '',
      ]),
  };
}

function timeOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}

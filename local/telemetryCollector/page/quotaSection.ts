/** How near the quota is, what waits, when it is drained, when the month is spent. */
import { metrics, type ReadingName } from '../../../shared/telemetry/catalogue/metrics.ts';
import { noCalls, none, untilTold } from './emptiness.ts';
import { lines, totals } from './lines.ts';
import { mean } from './overTime.ts';
import type { Section, TablePanel } from './panel.ts';
import type { Readings } from './readings.ts';

export function quotaSection(readings: Readings): Section {
  const { counted } = readings;
  return {
    title: 'Quota',
    text: 'Readings are told every five minutes by reportQuota, here once at the start as well. Headroom: 1 is nothing reserved, 0 no slot to be had.',
    panels: [
      standing(readings),
      headroom(readings),
      overReadings(readings, 'How fast may the fleet call?', 'calls/s', [
        ['sightglass.quota.rate', 'allowed now'],
        ['sightglass.quota.max_rate', 'at most'],
      ]),
      overReadings(readings, 'What is parked?', 'messages', [
        ['sightglass.parked.messages', 'parked messages'],
      ]),
      overReadings(readings, 'How long overdue is it, and when is it drained?', 's', [
        ['sightglass.parked.overdue', 'overdue'],
        ['sightglass.quota.time_to_drain', 'to drain'],
        ['sightglass.quota.time_to_drain_upper', 'to drain, at worst'],
      ]),
      overReadings(readings, 'In how many hours is the month spent?', 'h', [
        ['sightglass.quota.exhaustion_in_lower', 'at the fastest pace'],
        ['sightglass.quota.exhaustion_in', 'at the pace so far'],
        ['sightglass.quota.exhaustion_in_upper', 'at the slowest pace'],
      ]),
      totals(
        { title: 'Who takes the calls?', unit: 'calls', empty: noCalls },
        counted('sightglass.prediction.calls', 'lane'),
      ),
      stops(readings),
    ],
  };
}

const standings = [
  ['sightglass.quota.headroom', 'headroom'],
  ['sightglass.quota.rate', 'rate allowed now'],
  ['sightglass.quota.max_rate', 'rate at most'],
  ['sightglass.parked.messages', 'parked'],
  ['sightglass.parked.overdue', 'longest overdue'],
  ['sightglass.quota.time_to_drain', 'until drained'],
  ['sightglass.quota.used_this_month', 'calls this month'],
  ['sightglass.quota.used_ratio', 'used of the month'],
  ['sightglass.quota.exhaustion_in', 'until the month is spent'],
] as const satisfies readonly (readonly [ReadingName, string])[];

function standing({ latest, nowMs }: Readings): TablePanel {
  const rows = standings.flatMap(([name, label]) => {
    const found = latest(name);
    if (!found) return [];
    const { value, atMs, quotaMode } = found;
    const unit = metrics[name].unit.replaceAll(/[{}]/g, '');
    return [
      [quotaMode === undefined ? label : `${label} (${quotaMode})`, value, ofUnit(unit), { atMs }],
    ];
  });
  return {
    kind: 'table',
    title: 'How do we stand?',
    empty: untilTold(nowMs, 'reportQuota'),
    columns: ['Reading', 'Value', 'Unit', 'As of'],
    rows,
  };
}

function ofUnit(unit: string): string {
  return unit === '1' ? 'of 1' : unit;
}

function headroom(readings: Readings) {
  const { span, read, nowMs } = readings;
  const points = read('sightglass.quota.headroom', ({ customDimensions }) => {
    return customDimensions['quotaMode'] ?? 'unknown';
  });
  const title = 'How much headroom was there, in which mode?';
  const empty = untilTold(nowMs, 'reportQuota');
  return lines({ title, unit: 'of 1', empty, fullScale: 1 }, { span, points, of: mean });
}

/** What the fleet keeps no quota for is never told. */
function overReadings(
  readings: Readings,
  title: string,
  unit: string,
  named: readonly (readonly [ReadingName, string])[],
) {
  const { span, read, nowMs, latest } = readings;
  const points = named.flatMap(([name, label]) => read(name, () => label));
  const isTold = latest('sightglass.quota.headroom') !== undefined;
  const empty = isTold ? notTold : untilTold(nowMs, 'reportQuota');
  return lines({ title, unit, empty }, { span, points, of: mean });
}

const notTold = {
  because:
    'The latest report had nothing to say about it: no quota is kept here, or it has no end by the month.',
};

function stops({ events }: Readings): TablePanel {
  const told = [
    ...events('quota.paused').map(({ atMs, is }) => ({
      atMs,
      what: 'paused',
      why: is('pausedBecause') ?? '',
    })),
    ...events('quota.exhausted').map(({ atMs }) => ({ atMs, what: 'exhausted', why: '' })),
  ];
  const groups = Map.groupBy(told, ({ what, why }) => `${what}\n${why}`);
  return {
    kind: 'table',
    title: 'Was it paused or exhausted?',
    empty: none,
    columns: ['What', 'Because', 'Told', 'Since', 'Until'],
    rows: [...groups].map(([key, own]) => [
      ...key.split('\n'),
      own.length,
      { atMs: own[0]?.atMs ?? 0 },
      { atMs: own.at(-1)?.atMs ?? 0 },
    ]),
  };
}

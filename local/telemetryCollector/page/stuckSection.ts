/** Whether any photo is stuck or lost: what waits, what is left over, what nobody brought. */
import { none, untilTold } from './emptiness.ts';
import { lines, totals } from './lines.ts';
import { mean } from './overTime.ts';
import type { BarsPanel, Section, TablePanel } from './panel.ts';
import type { Readings } from './readings.ts';

const waitingCount = 50;

export function stuckSection(readings: Readings): Section {
  const { counted } = readings;
  return {
    title: 'Stuck or lost',
    text: 'A photo is stuck where it waits longer than it should, lost where no event ever brought it: the hourly accounting finds those and puts them to work.',
    panels: [
      waiting(readings),
      accounted(readings),
      leftOver(readings),
      behind(readings),
      totals(
        { title: 'What did the sweep find?', unit: 'claims', empty: none },
        counted('sightglass.ledger.swept', 'sweepAction'),
      ),
    ],
  };
}

/** Those last heard of as parked, whenever that was. */
function waiting({ nowMs, waitingPhotos }: Readings): TablePanel {
  const rows = waitingPhotos().map(({ atMs, is, measured }) => [
    { photo: is('photo') ?? '' },
    (nowMs - atMs + (measured('waitedMs') ?? 0)) / 1_000,
    is('failureClass') ?? '',
    is('code') ?? '',
    measured('deferralCount') ?? null,
  ]);
  return {
    kind: 'table',
    title: 'Which photos wait, and since when?',
    empty: { because: 'No photo waits, as far as was told here.' },
    columns: ['Photo', 'Waits s', 'Class', 'Code', 'Parked times'],
    rows: rows.toSorted((a, b) => Number(b[1]) - Number(a[1])).slice(0, waitingCount),
  };
}

function accounted({ nowMs, latestBy }: Readings): BarsPanel {
  return {
    kind: 'bars',
    title: 'Is any photo stuck or lost? Stored photos by state, as last accounted',
    unit: 'photos',
    empty: untilTold(nowMs, 'reconcilePhotos'),
    bars: latestBy('sightglass.photos.accounted', 'photoState').map(([label, value]) => ({
      label,
      value,
    })),
  };
}

const leftOvers = [
  ['sightglass.ledger.in_flight', 'claims held', ''],
  ['sightglass.ledger.oldest', 'age of the oldest claim', 's'],
  ['sightglass.poisoned.messages', 'messages in poison queues', ''],
] as const;

function leftOver({ latest, nowMs }: Readings): TablePanel {
  return {
    kind: 'table',
    title: 'Does work lie about: claims, poison queues?',
    empty: untilTold(nowMs, 'reportQuota'),
    columns: ['What', 'Value', 'Unit', 'As of'],
    rows: leftOvers.flatMap(([name, label, unit]) => {
      const found = latest(name);
      return found ? [[label, found.value, unit, { atMs: found.atMs }]] : [];
    }),
  };
}

function behind({ span, read, nowMs }: Readings) {
  const points = read('sightglass.events.lag', ({ customDimensions }) => {
    return `${customDimensions['hub']}/${customDimensions['partition']}`;
  });
  const title = 'How far are the readers of the hubs behind?';
  const empty = untilTold(nowMs, 'reportQuota');
  return lines({ title, unit: 'events', empty }, { span, points, of: mean });
}

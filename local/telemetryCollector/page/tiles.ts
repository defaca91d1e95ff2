/** The answers that are wanted first, each as one number. */
import { percentile } from './overTime.ts';
import type { Tile } from './panel.ts';
import type { Readings } from './readings.ts';

export function tiles(read: Readings): Tile[] {
  return [
    ended(read),
    endToEnd(read),
    reachable(read),
    headroom(read),
    parked(read),
    lost(read),
    givenUp(read),
    spentToday(read),
  ];
}

function ended({ events }: Readings): Tile {
  const value = events('photo.settled').length;
  return { label: 'Photos ended', value, unit: 'photos', state: 'plain' };
}

function endToEnd({ events }: Readings): Tile {
  const times = events('photo.settled').flatMap(({ is, measured }) => {
    return is('outcome') === 'predicted' ? (measured('endToEndMs') ?? []) : [];
  });
  const value = percentile(times, 95);
  return { label: 'Arrival to result, p95', value, unit: 'ms', state: 'plain' };
}

function reachable({ latestProbe }: Readings): Tile {
  const probe = latestProbe();
  const label = 'Endpoint reachable';
  if (!probe) return { label, value: null, unit: 'not probed yet', state: 'plain' };
  const isGood = probe.success !== false;
  return {
    label,
    value: isGood ? 'yes' : 'no',
    unit: 'last probe',
    asOfMs: probe.timestampMs,
    state: isGood ? 'good' : 'bad',
  };
}

function headroom({ latest }: Readings): Tile {
  const label = 'Quota headroom';
  const found = latest('sightglass.quota.headroom');
  if (!found) return { label, value: null, unit: 'not told yet', state: 'plain' };
  const { value, atMs, quotaMode = 'unknown' } = found;
  const isBad = value <= 0;
  return { label, value, unit: `of 1, ${quotaMode}`, asOfMs: atMs, state: isBad ? 'bad' : 'good' };
}

/** Told when it happens: the queue itself is only read every five minutes. */
function parked({ waitingPhotos }: Readings): Tile {
  const value = waitingPhotos().length;
  return { label: 'Waiting', value, unit: 'parked photos', state: 'plain' };
}

function lost({ latestBy, latest }: Readings): Tile {
  const label = 'Lost or unreadable';
  const found = latest('sightglass.photos.accounted');
  if (!found) return { label, value: null, unit: 'not accounted yet', state: 'plain' };
  const counts = new Map(latestBy('sightglass.photos.accounted', 'photoState'));
  const value = (counts.get('missing') ?? 0) + (counts.get('unreadable') ?? 0);
  const state = value > 0 ? 'bad' : 'good';
  return { label, value, unit: 'stored photos', asOfMs: found.atMs, state };
}

function givenUp({ events }: Readings): Tile {
  const value = events('photo.dead').length;
  return { label: 'Given up', value, unit: 'photos', state: value > 0 ? 'bad' : 'good' };
}

function spentToday({ countedToday }: Readings): Tile {
  const spent = countedToday('sightglass.cost', 'costKind');
  const cost = spent.reduce((total, { value }) => total + value, 0);
  const value = cost > 0 && cost < 0.01 ? '< 0.01' : Math.round(100 * cost) / 100;
  return { label: 'Spent today', value, unit: 'since 00:00 UTC', state: 'plain' };
}

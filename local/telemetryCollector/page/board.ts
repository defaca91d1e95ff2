/** The whole page as one document, from the rows that arrived. */
import { costSection } from './costSection.ts';
import { failuresSection } from './failuresSection.ts';
import { flowSection } from './flowSection.ts';
import { percentile, type Span } from './overTime.ts';
import type { Board, Tile } from './panel.ts';
import { quotaSection } from './quotaSection.ts';
import { type Readings, type ReadRows, readings } from './readings.ts';

const latestPhotoCount = 50;

export function board(rows: ReadRows, span: Span): Board {
  const read = readings(rows, span);
  const names = read.events('photo.settled').flatMap(({ is }) => is('photo') ?? []);
  return {
    tiles: tiles(read),
    sections: [flowSection(read), quotaSection(read), failuresSection(read), costSection(read)],
    latestPhotos: [...new Set(names.toReversed())].slice(0, latestPhotoCount),
  };
}

function tiles(read: Readings): Tile[] {
  const settled = read.events('photo.settled');
  const deadCount = read.events('photo.dead').length;
  const endToEnd = settled.flatMap(({ is, measured }) => {
    return is('outcome') === 'predicted' ? (measured('endToEndMs') ?? []) : [];
  });
  const headroom = read.latest('sightglass.quota.headroom');
  const spent = read.counted('sightglass.cost', 'costKind');
  const cost = spent.reduce((total, { value }) => total + value, 0);
  return [
    tile('Photos ended', settled.length, ''),
    tile('Arrival to result, p95', percentile(endToEnd, 95), 'ms'),
    tile(
      'Quota headroom',
      headroom,
      'of 1',
      badWhere(headroom, (value) => value <= 0),
    ),
    tile('Parked', read.latest('sightglass.parked.messages'), 'messages'),
    tile(
      'Given up',
      deadCount,
      'photos',
      badWhere(deadCount, (value) => value > 0),
    ),
    availabilityTile(read),
    tile('Spent', cost, 'currency'),
  ];
}

function tile(label: string, value: number | null, unit: string, state: Tile['state'] = 'plain') {
  return { label, value, unit, state };
}

function availabilityTile(read: Readings): Tile {
  const probes = read.probes();
  const goodCount = probes.filter(({ success }) => success !== false).length;
  const percent = probes.length === 0 ? null : (100 * goodCount) / probes.length;
  const state = badWhere(percent, (value) => value < 100);
  return tile('Endpoint reachable', percent, '% of probes', state);
}

function badWhere(value: number | null, isBad: (value: number) => boolean): Tile['state'] {
  if (value === null) return 'plain';
  return isBad(value) ? 'bad' : 'good';
}

/** More than any pipeline makes: that series stay few, memory bounded, and what is lost is counted. */
import type { Measure } from '../measure.ts';
import type { AppProcess } from './appProcess.ts';
import type { Ingestion } from './ingestion.ts';
import { keys } from './variants.ts';

/** The photos fill every queue and warm the heap; half as many more must not add to that. */
const mostGrowthBytes = 32_000_000;

export async function floodMeasures(
  app: AppProcess,
  ingestion: Ingestion,
  photoCount: number,
): Promise<Measure[]> {
  const first = await app.ask({ kind: 'flood', photoCount });
  const second = await app.ask({ kind: 'flood', photoCount: photoCount / 2 });
  await app.ask({ kind: 'stop' });
  const { series, counts, totals } = ingestion.received(keys.flood);
  const madeCount = totals.get('sightglass.telemetry.made') ?? 0;
  const lostCount = madeCount - (counts.get('Event') ?? 0);
  const common = { case: `photos=${photoCount}` };
  return [
    {
      ...common,
      name: 'activeSeries',
      value: series.size,
      unit: 'count',
      target: { op: '<=', value: 1_500 },
    },
    {
      ...common,
      name: 'memoryGrowthBytes',
      value: Math.max(0, second.rssBytes - first.rssBytes),
      unit: 'bytes',
      target: { op: '<=', value: mostGrowthBytes },
    },
    { ...common, name: 'lostRecords', value: lostCount, unit: 'count' },
    {
      ...common,
      name: 'lostUncounted',
      value: Math.abs(lostCount - (totals.get('sightglass.telemetry.dropped') ?? 0)),
      unit: 'count',
      target: { op: '<=', value: 0 },
    },
  ];
}

/** What the turns come to: cost of telemetry, bytes that are paid for, and sick endpoints. */
import { type Measure, quantile } from '../measure.ts';
import type { AppReply } from './appMessages.ts';
import { estimate } from './estimate.ts';
import type { Received } from './ingestion.ts';
import type { Turn, Turns } from './turns.ts';
import type { CostName, SickName } from './variants.ts';

export function costMeasures(turns: Turns<CostName>, photoCount: number): Measure[] {
  const common = { case: `photos=${photoCount},turns=${turns.length}` };
  const addedRatio = (some: Turns<CostName>, typical: typeof meanOf) =>
    cpuMs(turnsOf(some, 'on'), typical) / cpuMs(turnsOf(some, 'off'), typical) - 1;
  return [
    {
      ...common,
      name: 'cpuAddedRatio',
      ...estimate(turns, (some) => addedRatio(some, trimmedMeanOf)),
      unit: 'ratio',
      target: { op: '<=', value: 0.05 },
    },
    {
      ...common,
      name: 'cpuAddedUntrimmedRatio',
      ...estimate(turns, (some) => addedRatio(some, meanOf)),
      unit: 'ratio',
    },
    {
      ...common,
      name: 'latencyAddedP95Ms',
      ...estimate(turns, (some) => p95Ms(turnsOf(some, 'on')) - p95Ms(turnsOf(some, 'off'))),
      unit: 'ms',
      target: { op: '<=', value: 1 },
    },
    {
      ...common,
      name: 'cpuPerPhotoMs',
      ...estimate(turns, (some) => cpuMs(turnsOf(some, 'off'), trimmedMeanOf)),
      unit: 'ms',
    },
  ];
}

function turnsOf(turns: Turns<CostName>, name: CostName): Turn[] {
  return turns.map((turn) => turn[name]);
}

/**
 * Of a photo: what it took itself, and its part of what was done between photos. The engine's large
 * collections and the machine's hiccups fall on few photos, and on either app by chance.
 */
function cpuMs(turns: readonly Turn[], typical: typeof meanOf): number {
  const photos = turns.flatMap(({ lineCpuMs }) => lineCpuMs);
  return typical(photos) + sumOf(turns.map(({ idleCpuMs }) => idleCpuMs)) / photos.length;
}

/** Without the tenth that is lowest and the tenth that is highest. */
function trimmedMeanOf(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const cutCount = Math.floor(values.length / 10);
  return meanOf(sorted.slice(cutCount, values.length - cutCount));
}

function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}

function p95Ms(turns: readonly Turn[]): number {
  return quantile(
    turns.flatMap(({ lineMs }) => lineMs),
    0.95,
  );
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0);
}

export function bytesMeasures({ bytes }: Received, photoCount: number): Measure[] {
  const per1000 = (count: number) => (1_000 * count) / photoCount;
  const all = [...bytes.values()].reduce((sum, each) => sum + each, 0);
  const kinds = [...bytes].map(([kind, count]): Measure => {
    return { name: 'ingestedShare', case: `kind=${kind}`, value: count / all, unit: 'ratio' };
  });
  return [
    {
      name: 'ingestedBytesPer1000Photos',
      case: `photos=${photoCount}`,
      value: per1000(all),
      unit: 'bytes',
      target: { op: '<=', value: 2_500_000 },
    },
    ...kinds,
  ];
}

/** A process that has lost what it could not send holds no more than one that could, and a little. */
const mostAddedBytes = 64_000_000;
const mostFlushMs = 3_050;

/** Compared with an endpoint that answers. */
export function sickMeasures(
  turns: Turns<SickName>,
  flushes: Readonly<Record<SickName, AppReply>>,
  name: Exclude<SickName, 'well'>,
): Measure[] {
  const common = { case: `endpoint=${name}` };
  return [
    {
      ...common,
      name: 'throughputRatio',
      // The same number of photos in each slice: their times are the inverse of their rates.
      ...estimate(turns, (some) => {
        const stormMs = (sick: SickName) =>
          trimmedMeanOf(some.flatMap((turn) => turn[sick].stormMs));
        return stormMs('well') / stormMs(name);
      }),
      unit: 'ratio',
      target: { op: '>=', value: 0.99 },
    },
    {
      ...common,
      name: 'memoryAddedBytes',
      value: Math.max(0, flushes[name].rssBytes - flushes.well.rssBytes),
      unit: 'bytes',
      target: { op: '<=', value: mostAddedBytes },
    },
    {
      ...common,
      name: 'flushMs',
      value: flushes[name].elapsedMs,
      unit: 'ms',
      target: { op: '<=', value: mostFlushMs },
    },
  ];
}

/** What the turns come to: cost of telemetry, bytes that are paid for, and sick endpoints. */
import { type Measure, quantile } from '../measure.ts';
import type { AppReply } from './appMessages.ts';
import { estimate } from './estimate.ts';
import type { Received } from './ingestion.ts';
import type { Turn, Turns } from './turns.ts';
import type { CostName, SickName } from './variants.ts';

export function costMeasures(turns: Turns<CostName>, photoCount: number): Measure[] {
  const common = { case: `photos=${photoCount},turns=${turns.length}` };
  const perTurnCount = photoCount / turns.length;
  return [
    {
      ...common,
      name: 'cpuAddedRatio',
      // Of the sums, not of the median turn: what is sent every few seconds falls into few of them.
      ...estimate(turns, (some) => ratioOf(some, ({ on, off }) => [on.cpuMs, off.cpuMs]) - 1),
      unit: 'ratio',
      target: { op: '<=', value: 0.05 },
    },
    {
      ...common,
      name: 'latencyAddedP95Ms',
      ...estimate(
        turns,
        (some) => p95Ms(some.map(({ on }) => on)) - p95Ms(some.map(({ off }) => off)),
      ),
      unit: 'ms',
      target: { op: '<=', value: 1 },
    },
    {
      ...common,
      name: 'cpuPerPhotoMs',
      ...estimate(
        turns,
        (some) => sumOf(some.map(({ off }) => off.cpuMs)) / (some.length * perTurnCount),
      ),
      unit: 'ms',
    },
  ];
}

function p95Ms(turns: readonly Turn[]): number {
  return quantile(
    turns.flatMap(({ lineMs }) => lineMs),
    0.95,
  );
}

function ratioOf<Each>(
  turns: readonly Each[],
  pairOf: (turn: Each) => readonly [number, number],
): number {
  const pairs = turns.map(pairOf);
  return sumOf(pairs.map(([above]) => above)) / sumOf(pairs.map(([, below]) => below));
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
      // The same number of photos each: their times are the inverse of what they make in a second.
      ...estimate(turns, (some) =>
        ratioOf(some, (turn) => [turn.well.stormMs, turn[name].stormMs]),
      ),
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

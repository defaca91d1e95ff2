/** What the rounds come to: cost of telemetry, bytes that are paid for, and sick endpoints. */
import { type Measure, quantile } from '../measure.ts';
import type { Received } from './ingestion.ts';
import type { Round, Seen } from './rounds.ts';
import type { VariantName } from './variants.ts';

export function costMeasures({ rounds, comparedCount }: Seen): Measure[] {
  const common = { case: `photos=${comparedCount}` };
  const p95Ms = (name: VariantName) =>
    quantile(
      rounds[name].flatMap(({ lineMs }) => lineMs),
      0.95,
    );
  const cpuRatios = rounds.on.map(({ cpuMs }, index) => cpuMs / (rounds.off[index]?.cpuMs ?? 0));
  return [
    {
      ...common,
      name: 'cpuAddedRatio',
      // Of the median round: a large collection in one of the two would decide the sum.
      value: quantile(cpuRatios, 0.5) - 1,
      unit: 'ratio',
      target: { op: '<=', value: 0.05 },
    },
    {
      ...common,
      name: 'latencyAddedP95Ms',
      value: p95Ms('on') - p95Ms('off'),
      unit: 'ms',
      target: { op: '<=', value: 1 },
    },
  ];
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
export function sickMeasures({ rounds, flushes }: Seen, name: 'dead' | 'hanging'): Measure[] {
  const common = { case: `endpoint=${name}` };
  const ratios = rounds[name].map((round, index) => {
    const healthy = rounds.on[index];
    return healthy ? perSecond(round) / perSecond(healthy) : Number.NaN;
  });
  return [
    {
      ...common,
      name: 'throughputRatio',
      value: quantile(ratios, 0.5),
      unit: 'ratio',
      target: { op: '>=', value: 0.99 },
    },
    {
      ...common,
      name: 'memoryAddedBytes',
      value: Math.max(0, flushes[name].rssBytes - flushes.on.rssBytes),
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

function perSecond({ storm }: Round): number {
  return (1_000 * storm.photoMs.length) / storm.elapsedMs;
}

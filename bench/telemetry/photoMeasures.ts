/** What the turns come to: cost of telemetry, bytes that are paid for, and sick endpoints. */
import { readTelemetrySettings } from '../../shared/telemetrySettings.ts';
import { type Measure, quantile } from '../measure.ts';
import type { AppReply } from './appMessages.ts';
import { estimate, mixedQuantile } from './estimate.ts';
import type { Received } from './ingestion.ts';
import type { Turn, Turns } from './turns.ts';
import type { CostName, SickName } from './variants.ts';

/** One process of each variant, and what they did in turns. */
export interface Crew<Name extends string> {
  readonly turns: Turns<Name>;
}

function allTurns<Name extends string>(crews: readonly Crew<Name>[]): Turns<Name> {
  return crews.flatMap(({ turns }) => turns);
}

/** Fraction of photos whose trace is kept, where nothing else is set. */
const { traceRatio } = readTelemetrySettings({});

export function costMeasures(crews: readonly Crew<CostName>[], photoCount: number): Measure[] {
  const common = { case: `photos=${photoCount},processes=${crews.length}` };
  const at = (ratio: number) => ({ ...common, case: `traces=${ratio},${common.case}` });
  const addedRatio = (ratio: number, typical: typeof meanOf) =>
    estimate(crews, (some) => {
      const spentMs = (name: CostName) => cpuMs(turnsOf(allTurns(some), name), typical);
      const toldMs = (1 - ratio) * spentMs('eventsOnly') + ratio * spentMs('everyTrace');
      return toldMs / spentMs('off') - 1;
    });
  const name = 'cpuAddedRatio';
  return [
    {
      ...at(traceRatio),
      name,
      ...addedRatio(traceRatio, meanOf),
      unit: 'ratio',
      target: { op: '<=', value: 0.05 },
    },
    { ...at(0), name, ...addedRatio(0, meanOf), unit: 'ratio' },
    { ...at(1), name, ...addedRatio(1, meanOf), unit: 'ratio' },
    {
      ...at(traceRatio),
      name: 'cpuAddedTypicalRatio',
      ...addedRatio(traceRatio, trimmedMeanOf),
      unit: 'ratio',
    },
    {
      ...at(traceRatio),
      name: 'latencyAddedP95Ms',
      ...estimate(crews, (some) => latencyAddedP95Ms(allTurns(some))),
      unit: 'ms',
      target: { op: '<=', value: 1 },
    },
    {
      ...common,
      name: 'cpuPerPhotoMs',
      ...estimate(crews, (some) => cpuMs(turnsOf(allTurns(some), 'off'), meanOf)),
      unit: 'ms',
    },
  ];
}

function latencyAddedP95Ms(turns: Turns<CostName>): number {
  const off = lineMs(turnsOf(turns, 'off'));
  const told = [
    { values: lineMs(turnsOf(turns, 'eventsOnly')), share: 1 - traceRatio },
    { values: lineMs(turnsOf(turns, 'everyTrace')), share: traceRatio },
  ];
  return mixedQuantile(told, 0.95) - quantile(off, 0.95);
}

function turnsOf(turns: Turns<CostName>, name: CostName): Turn[] {
  return turns.map((turn) => turn[name]);
}

/**
 * Of a photo: what it took itself, and its part of what was done between photos. `meanOf` has all of it
 * in: collections of the heap fall on few photos, and on more of them in an app that tells.
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

function lineMs(turns: readonly Turn[]): number[] {
  return turns.flatMap((turn) => turn.lineMs);
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

/** How each process ended. */
export interface SickCrew extends Crew<SickName> {
  readonly flushes: Readonly<Record<SickName, AppReply>>;
}

/** Compared with an endpoint that answers. */
export function sickMeasures(
  crews: readonly SickCrew[],
  name: Exclude<SickName, 'well'>,
): Measure[] {
  const common = { case: `endpoint=${name}` };
  const addedBytes = crews.map(({ flushes }) => flushes[name].rssBytes - flushes.well.rssBytes);
  const flushMs = crews.map(({ flushes }) => flushes[name].elapsedMs);
  return [
    {
      ...common,
      name: 'throughputRatio',
      // The same number of photos in each slice: their times are the inverse of their rates.
      ...estimate(crews, (some) => {
        const stormMs = (sick: SickName) =>
          trimmedMeanOf(allTurns(some).flatMap((turn) => turn[sick].stormMs));
        return stormMs('well') / stormMs(name);
      }),
      unit: 'ratio',
      target: { op: '>=', value: 0.99 },
    },
    {
      ...common,
      name: 'memoryAddedBytes',
      value: Math.max(0, ...addedBytes),
      unit: 'bytes',
      target: { op: '<=', value: mostAddedBytes },
    },
    {
      ...common,
      name: 'flushMs',
      value: Math.max(...flushMs),
      unit: 'ms',
      target: { op: '<=', value: mostFlushMs },
    },
  ];
}

/** The same run as operators see it: from what the app told, and nothing else. */
import { systemClock } from '../../shared/adapters/system/clock.ts';
import type { MeasurementName } from '../../shared/telemetry/catalogue/measurements.ts';
import type { TelemetryCollector } from '../telemetryCollector/startTelemetryCollector.ts';
import type { Row } from '../telemetryCollector/tables/row.ts';

export interface OperatorsView {
  /** Outcomes told of, each once. */
  readonly settledCount: number;
  readonly stages: readonly StageTimes[];
  /** Prediction calls by what they came to. */
  readonly answerCounts: Readonly<Record<string, number>>;
  /** Calls to storage, hubs and the endpoint that failed, by name and status. */
  readonly failedCallCounts: Readonly<Record<string, number>>;
  readonly costs: Readonly<Record<string, number>>;
  /** What the app sent, per thousand photos, as it would be billed. */
  readonly billedBytesPer1000Photos: number;
}

export interface StageTimes {
  readonly stage: MeasurementName;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

const stages = [
  'pickupMs',
  'slotMs',
  'readMs',
  'predictMs',
  'recordMs',
  'publishMs',
  'endToEndMs',
] as const satisfies readonly MeasurementName[];

/** As much of a collector as is looked at. */
interface Told extends Pick<TelemetryCollector, 'rows'> {
  stats(): Pick<ReturnType<TelemetryCollector['stats']>, 'billedBytes'>;
}

/** Spans and events leave within five seconds, metrics each second. */
const patienceMs = 15_000;
const lookAgainMs = 200;

/** @param settledCount - outcomes that operators should have been told of. */
export async function operatorsView(collector: Told, settledCount: number): Promise<OperatorsView> {
  const deadlineMs = systemClock.nowMs() + patienceMs;
  const signal = AbortSignal.timeout(patienceMs);
  const isTold = () => settled(collector).length >= settledCount && hasCosts(collector);
  while (!isTold() && systemClock.nowMs() < deadlineMs) {
    await systemClock.pause(lookAgainMs, signal);
  }
  return viewOf(collector);
}

function viewOf(collector: Told): OperatorsView {
  const told = settled(collector);
  const failed = collector.rows('dependencies').filter(({ success }) => success === false);
  return {
    settledCount: new Set(told.map(({ customDimensions }) => customDimensions['outcomeKey'])).size,
    stages: stages.map((stage) => timesOf(stage, told)),
    answerCounts: sumsBy(collector.rows('customMetrics', calls), 'answer'),
    failedCallCounts: countsBy(failed, ({ name, resultCode }) => `${name} ${resultCode}`),
    costs: sumsBy(collector.rows('customMetrics', cost), 'costKind'),
    billedBytesPer1000Photos:
      told.length === 0 ? 0 : (1_000 * collector.stats().billedBytes) / told.length,
  };
}

const calls = { name: 'sightglass.prediction.calls' };
const cost = { name: 'sightglass.cost' };

function settled(collector: Told): Row[] {
  return collector
    .rows('customEvents', { name: 'photo.settled' })
    .filter(({ customDimensions }) => customDimensions['announcedBy'] === 'maker');
}

function hasCosts(collector: Told): boolean {
  return collector.rows('customMetrics', cost).length > 0;
}

function countsBy(rows: readonly Row[], keyOf: (row: Row) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[keyOf(row)] = (counts[keyOf(row)] ?? 0) + 1;
  return counts;
}

function timesOf(stage: MeasurementName, rows: readonly Row[]): StageTimes {
  const sorted = rows
    .flatMap(({ customMeasurements }) => customMeasurements[stage] ?? [])
    .toSorted((one, other) => one - other);
  const at = (ratio: number) => sorted[Math.ceil(ratio * sorted.length) - 1] ?? 0;
  return { stage, p50Ms: at(0.5), p95Ms: at(0.95) };
}

function sumsBy(rows: readonly Row[], dimension: string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { customDimensions, valueSum = 0 } of rows) {
    const key = customDimensions[dimension] ?? '';
    sums[key] = (sums[key] ?? 0) + valueSum;
  }
  return sums;
}

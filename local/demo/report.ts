/** What the demo saw: a row for each input, sums, and whether the promise was kept. */
import type { ResultDocument } from '../../shared/results/resultDocument.ts';
import { names } from '../../shared/settings.ts';
import type { World } from '../world.ts';
import type { DemoInput } from './inputs.ts';
import type { Collected } from './outcomes.ts';

export interface DemoRow {
  readonly photo: string;
  readonly way: string;
  readonly truth: string;
  readonly outcome: string;
  readonly tag: string;
  readonly confidence: number | undefined;
  readonly isUncertain: boolean;
  readonly deferralCount: number;
  /** From first seen to settled, and its parts. */
  readonly totalMs: number;
  readonly waitMs: number;
  readonly storageMs: number;
  readonly predictMs: number;
}

export interface DemoReport {
  readonly rows: readonly DemoRow[];
  readonly summary: {
    readonly inputCount: number;
    readonly outcomeCounts: Readonly<Record<string, number>>;
    readonly uncertainCount: number;
    /** Of those predicted. */
    readonly agreesWithTruthRatio: number;
    readonly latencyP50Ms: number;
    readonly latencyP95Ms: number;
    readonly callCount: number;
    readonly throttledCount: number;
    readonly elapsedMs: number;
    readonly runtime: string;
  };
  readonly results: { readonly container: string; readonly eventHub: string };
}

export function demoReport(
  world: World,
  inputs: readonly DemoInput[],
  { documents, events }: Collected,
  startedAtMs: number,
): DemoReport {
  const byDevice = new Map(documents.map((document) => [document.source.device, document]));
  const rows = inputs.flatMap((input) => {
    const document = byDevice.get(input.label);
    return document ? [rowOf(input, document)] : [];
  });
  const latencies = rows.map(({ totalMs }) => totalMs).toSorted((left, right) => left - right);
  const predicted = rows.filter(({ outcome }) => outcome === 'predicted');
  const agreeing = predicted.filter(({ tag, truth }) => tag === truthTag(truth));
  const { calls, throttled } = world.prediction.stats();
  return {
    rows,
    summary: {
      inputCount: inputs.length,
      outcomeCounts: countBy(rows.map(({ outcome }) => outcome)),
      uncertainCount: predicted.filter(({ isUncertain }) => isUncertain).length,
      agreesWithTruthRatio: predicted.length === 0 ? 0 : agreeing.length / predicted.length,
      latencyP50Ms: quantile(latencies, 0.5),
      latencyP95Ms: quantile(latencies, 0.95),
      callCount: calls,
      throttledCount: throttled,
      elapsedMs:
        Math.max(startedAtMs, ...events.map(({ receivedAtMs }) => receivedAtMs)) - startedAtMs,
      runtime: world.prediction.runtime,
    },
    results: { container: names.resultsContainer, eventHub: names.predictionsHub },
  };
}

/** @returns what is wrong, one sentence each; empty when the promise was kept. */
export function checkDemo(
  inputs: readonly DemoInput[],
  { documents, events }: Collected,
): readonly string[] {
  const documentCounts = countBy(documents.map(({ source }) => source.device ?? ''));
  const eventCounts = countBy(events.map(({ device }) => device));
  const problems = inputs.flatMap(({ label }) => [
    ...problemOf(label, 'outcome', documentCounts[label] ?? 0),
    ...problemOf(label, 'event', eventCounts[label] ?? 0),
  ]);
  const keys = new Set(documents.map(({ outcomeKey }) => outcomeKey));
  const strangers = events.filter(({ id }) => !keys.has(id));
  return strangers.length === 0
    ? problems
    : [...problems, `${strangers.length} events point to no outcome`];
}

function problemOf(label: string, what: string, count: number): string[] {
  return count === 1 ? [] : [`${label} has ${count} ${what}s in place of one`];
}

function rowOf(input: DemoInput, document: ResultDocument): DemoRow {
  const { timings } = document;
  const { openMs = 0, claimMs = 0, lookupMs = 0, readMs = 0, checkMs = 0, predictMs = 0 } = timings;
  const storageMs = openMs + claimMs + lookupMs + readMs;
  const isPredicted = document.outcome === 'predicted';
  return {
    photo: input.label,
    way: input.way,
    truth: input.truth,
    outcome: document.outcome,
    tag: isPredicted ? document.decision.tag : reasonOf(document),
    confidence: isPredicted ? document.decision.confidence : undefined,
    isUncertain: isPredicted && document.decision.isUncertain,
    deferralCount: document.attempts.deferralCount,
    totalMs: timings.totalMs,
    waitMs: Math.max(0, timings.totalMs - storageMs - checkMs - predictMs),
    storageMs,
    predictMs,
  };
}

function reasonOf(document: ResultDocument): string {
  if (document.outcome === 'dead') return document.death.reason;
  return document.outcome === 'rejected' ? document.rejection.reason : '';
}

/** The model's negative tag is decided as "none". */
function truthTag(truth: string): string {
  return truth === 'Negative' ? 'none' : truth;
}

function countBy(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

function quantile(sorted: readonly number[], ratio: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * ratio))] ?? 0;
}

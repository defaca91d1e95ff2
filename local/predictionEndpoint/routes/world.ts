/** What all routes share: the model, the rules that can change while it runs, and the counters. */
import type { Identity } from '../identity.ts';
import type { Scorer } from '../model/findings.ts';
import type { FaultQueue } from '../rules/faultQueue.ts';
import type { Latency } from '../rules/latency.ts';
import type { QuotaRule } from '../rules/quotaMeter.ts';
import type { AnswerStamp } from './answers.ts';

export interface Clock {
  readonly nowMs: () => number;
  readonly newId: () => string;
}

export interface World {
  readonly identity: Identity;
  readonly scorer: Scorer;
  readonly clock: Clock;
  /** How long the next answer takes at least. */
  readonly nextLatencyMs: () => number;
}

/** What a test or a script may change while calls are under way. */
export interface PredictionEndpointControl {
  readonly faults: FaultQueue;
  /** @param rule - `undefined` lifts every limit. */
  setQuota(rule: QuotaRule | undefined): void;
  setLatency(latency: Latency): void;
}

export function stampOf({ newId, nowMs }: Clock): AnswerStamp {
  return { predictionId: newId(), createdAtMs: nowMs() };
}

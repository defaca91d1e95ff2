/**
 * Asks the published endpoint about a photo whose answer is known: is it reachable, does the
 * published iteration answer, is it the one that is meant, does it still see what it saw. It goes
 * past the breaker, and takes a slot like everybody.
 */
import type { Failure } from '../prediction/failure.ts';
import { byConfidence, type Prediction } from '../prediction/prediction.ts';
import type { KeyName, Predictor } from '../prediction/predictor.ts';
import { endpointProbe } from '../telemetry/catalogue/probes.ts';
import type { AvailabilityResult } from '../telemetry/telemetry.ts';
import type { PipelineDeps } from './deps.ts';

export interface Expected {
  readonly tag: string | undefined;
  readonly iterationId: string | undefined;
}

export interface ProbeDeps extends Pick<PipelineDeps, 'clock' | 'telemetry' | 'quota'> {
  /** Without a breaker around it. */
  readonly predictor: Predictor;
  readonly expected: Expected;
}

export type Probe =
  /** No slot was to be had: nothing is known, and nothing is said. */
  | { readonly kind: 'skipped'; readonly because: string }
  | {
      readonly kind: 'told';
      readonly isAvailable: boolean;
      readonly message: string;
      /** Of a call that failed. */
      readonly failureClass?: Failure['class'];
    };

type Told = Extract<Probe, { kind: 'told' }>;

/** A probe that waits longer measures the queue. */
const slotPatienceMs = 10_000;

export async function probeEndpoint(
  deps: ProbeDeps,
  photo: Buffer,
  signal: AbortSignal,
): Promise<Probe> {
  const { clock, quota, predictor, telemetry } = deps;
  const sinceMs = clock.nowMs();
  const when = { sinceMs, notBeforeMs: sinceMs, deadlineMs: sinceMs + slotPatienceMs };
  const turn = await quota.acquire({ lane: 'live', ...when, signal });
  if (turn.kind === 'parkUntil') return { kind: 'skipped', because: turn.detail };

  const startedAtMs = clock.nowMs();
  const answer = await predictor.predict(photo, signal);
  const durationMs = clock.nowMs() - startedAtMs;
  const isThrottled = answer.kind === 'failed' && answer.failure.class === 'throttled';
  quota.report(turn.slot, isThrottled ? { kind: 'refused' } : { kind: 'accepted' });
  // Too much at once is about the quota, not about the endpoint.
  if (isThrottled) return { kind: 'skipped', because: answer.failure.detail };
  const problem =
    answer.kind === 'failed'
      ? problemOf(answer.failure)
      : surprise(answer.prediction, deps.expected);
  const isAvailable = problem === undefined;
  const refusedKey = predictor.refusedKey?.();
  // A process says it once: an alert that is to last as long as its cause hears it here.
  if (refusedKey) {
    telemetry.event('key.refused', { model: predictor.model.publishedName, refusedKey }, {});
  }
  const message = problem ?? asExpected(refusedKey);
  const told = tell(telemetry, { isAvailable, durationMs, message });
  return answer.kind === 'failed' ? { ...told, failureClass: answer.failure.class } : told;
}

/** A probe that can't be made is told as failed: nobody would notice that none comes any more. */
export function probeWithoutPhoto({ telemetry }: ProbeDeps, message: string): Probe {
  return tell(telemetry, { isAvailable: false, durationMs: 0, message });
}

function tell(telemetry: ProbeDeps['telemetry'], result: Omit<AvailabilityResult, 'name'>): Told {
  telemetry.availability({ name: endpointProbe, ...result });
  const { isAvailable, message } = result;
  return { kind: 'told', isAvailable, message };
}

/** Available, but one key away from not being so. */
function asExpected(refusedKey: KeyName | undefined): string {
  return refusedKey === undefined
    ? 'as expected'
    : `as expected by one key: the ${refusedKey} is refused`;
}

function problemOf({ class: failureClass, code, detail }: Failure): string {
  return `${failureClass}: ${code}: ${detail}`;
}

function surprise({ iterationId, tags }: Prediction, expected: Expected): string | undefined {
  if (expected.iterationId !== undefined && iterationId !== expected.iterationId) {
    return `iteration ${iterationId ?? 'unknown'} answers, not ${expected.iterationId}`;
  }
  const seen = tags.toSorted(byConfidence)[0]?.tag;
  return expected.tag === undefined || seen === expected.tag
    ? undefined
    : `it sees ${seen ?? 'nothing'}, not ${expected.tag}`;
}

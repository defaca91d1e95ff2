/**
 * One process in a simulation: the production pipeline over shared stores, slowed, failed and killed
 * by its seed. A dead one never finishes anything: each step it is at waits for ever.
 */

import type { RandomStream } from '../../local/samples/render/random.ts';
import { PipelineError } from '../../shared/errors.ts';
import type { PipelineDeps } from '../../shared/pipeline/deps.ts';
import type { Failure } from '../../shared/prediction/failure.ts';
import type { PredictionAnswer, Predictor } from '../../shared/prediction/predictor.ts';
import { type Governor, governor } from '../../shared/quota/governor.ts';
import { defaultWeights } from '../../shared/quota/lanes.ts';
import { quotaLimits } from '../../shared/quota/limits.ts';
import type { QuotaStore } from '../../shared/quota/quotaStore.ts';
import { photoNumberOf } from '../crash/camera.ts';
import type { PaidEndpoint } from '../crash/endpoint.ts';
import { model } from '../crash/ports.ts';
import { pause, type Time } from '../crash/time.ts';
import type { KillPoint } from '../crash/wire.ts';
import { type StepHook, type StepName, withSteps } from '../steps.ts';

export interface SimulatedHost {
  readonly id: number;
  readonly deps: PipelineDeps;
}

export interface Outage {
  readonly part: 'storage' | 'hub' | 'endpoint';
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface HostParts {
  readonly time: Time;
  readonly random: RandomStream;
  readonly endpoint: PaidEndpoint;
  /** That all hosts share. */
  readonly quotaStore: QuotaStore;
  /** Told of each call. */
  readonly called: () => void;
  /** Share of steps that fail, and of calls whose answer is lost. */
  readonly faultRatio: number;
  readonly killPoint: KillPoint | undefined;
  /** A part that answers nothing for a while. */
  readonly outage: Outage | undefined;
  /** Told at the moment of death. */
  readonly died: (id: number) => void;
}

/** Far less than the hosts could call. */
export const callsPerSecond = 8;

const away = failed({ class: 'transient', code: 'HTTP_503', detail: 'the endpoint is away' });
const refused = failed({
  class: 'throttled',
  code: 'HTTP_429',
  detail: 'the endpoint answered 429',
  retryAfterMs: 1_000,
});

/** Steps take this long at most; the draws decide who overtakes whom. */
const mostStepMs = 12;

/** One for each wait: a common one would keep all the dead, with whatever they had in hand. */
function forEver(): Promise<never> {
  return new Promise(() => {});
}

export function simulatedHost(
  id: number,
  deps: Omit<PipelineDeps, 'predictor' | 'quota'>,
  parts: HostParts,
): SimulatedHost {
  const life: Life = { isDead: false };
  const own = { predictor: predictor(id, parts), quota: ownGovernor(parts, life) };
  return { id, deps: withSteps({ ...deps, ...own }, steps(id, parts, life)) };
}

interface Life {
  isDead: boolean;
}

/** Production's, over the one document of all hosts. What a dead one holds falls due for nobody. */
function ownGovernor(parts: HostParts, life: Life): Governor {
  const { time, random } = parts;
  return governor({
    limits: quotaLimits(callsPerSecond, undefined, defaultWeights),
    store: faultyQuotaStore(parts),
    waitBudgetMs: 20_000,
    pausedBecause: undefined,
    nowMs: () => time.nowMs(),
    random: random.next,
    after(delayMs, run) {
      let isCancelled = false;
      time.after(delayMs, () => {
        if (!isCancelled && !life.isDead) run();
      });
      return () => {
        isCancelled = true;
      };
    },
  });
}

function faultyQuotaStore(parts: HostParts): QuotaStore {
  const { time, random, faultRatio, quotaStore } = parts;
  const step = async <Answer>(asking: () => Promise<Answer>): Promise<Answer> => {
    await pause(time, random.between(0, mostStepMs));
    const isFaulty = random.next() < faultRatio || isOut(parts, 'storage');
    if (isFaulty) throw errorOf('lookup');
    return asking();
  };
  return {
    path: quotaStore.path,
    get: () => step(() => quotaStore.get()),
    compareAndSwap: (text, etag) => step(() => quotaStore.compareAndSwap(text, etag)),
  };
}

function steps(id: number, parts: HostParts, life: Life): StepHook {
  const { time, random, faultRatio, killPoint, died } = parts;
  let callCount = 0;
  const meetsItsEnd = (step: StepName, phase: 'before' | 'after') => {
    if (step !== killPoint?.step || phase !== killPoint.phase) return false;
    callCount += 1;
    return callCount === killPoint.nth;
  };
  return async (step, phase) => {
    if (!life.isDead && meetsItsEnd(step, phase)) {
      life.isDead = true;
      died(id);
    }
    if (life.isDead) return forEver();
    // The check is the one step that nobody waits for.
    if (step === 'check') return;
    await pause(time, random.between(0, mostStepMs));
    if (life.isDead) return forEver();
    const isFaulty = random.next() < faultRatio || isOut(parts, partOf(step));
    const fault = isFaulty ? errorOf(step) : undefined;
    if (fault) throw fault;
  };
}

/** Predictors answer with values, see below; the check asks nobody. */
const neverThrown: ReadonlySet<StepName> = new Set(['predict', 'check', 'slot']);

function errorOf(step: StepName): PipelineError | undefined {
  const message = 'a fault of the simulation';
  if (neverThrown.has(step)) return undefined;
  if (step === 'publish') {
    return new PipelineError('EVENTS_UNAVAILABLE', message, { hub: 'predictions' });
  }
  return step === 'park'
    ? new PipelineError('QUEUE_UNAVAILABLE', message, { operation: step, queue: 'deferred' })
    : new PipelineError('STORE_UNAVAILABLE', message, { operation: step, path: 'x' });
}

function partOf(step: StepName): Outage['part'] | 'queue' {
  if (step === 'publish') return 'hub';
  return step === 'park' ? 'queue' : 'storage';
}

function isOut({ time, outage }: HostParts, part: Outage['part'] | 'queue'): boolean {
  return outage?.part === part && time.nowMs() >= outage.fromMs && time.nowMs() < outage.untilMs;
}

function predictor(id: number, parts: HostParts): Predictor {
  const { random, endpoint, faultRatio, called } = parts;
  return {
    model,
    async predict(jpeg): Promise<PredictionAnswer> {
      called();
      if (isOut(parts, 'endpoint')) return away;
      if (random.next() < faultRatio) return refused;
      const answer = await endpoint.predict(id, jpeg);
      if (random.next() >= faultRatio) return answer;
      // Paid, and the answer lost on its way: the endpoint knows no key to ask for it again.
      endpoint.wasInFlight(photoNumberOf(jpeg));
      return failed({ class: 'transient', code: 'ECONNRESET', detail: 'the answer was lost' });
    },
  };
}

function failed(failure: Failure): PredictionAnswer {
  return { kind: 'failed', failure };
}

/**
 * A circuit breaker around a predictor. It opens when the endpoint is misconfigured (wrong key,
 * unpublished model) and when it answers half of all calls with errors: asking again for every photo
 * helps nobody. One probe goes out per open period.
 */
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
  SamplingBreaker,
  wrap,
} from 'cockatiel';
import type { Failure } from '../../prediction/failure.ts';
import type { PredictionAnswer, Predictor } from '../../prediction/predictor.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';

export interface BreakerOptions {
  /** After an answer that the endpoint is misconfigured: people have to mend it. */
  readonly openMs: number;
  /** After a storm of errors, which passes by itself. */
  readonly stormOpenMs: number;
  readonly telemetry: Telemetry;
  readonly nowMs: () => number;
}

/** One answer is proof enough: a wrong key does not come right by itself. */
const misconfiguredAnswersToOpenCount = 1;

/** A storm: half of at least twenty calls in half a minute fail. */
const stormRatio = 0.5;
const stormCallCount = 20;
const stormWindowMs = 30_000;

export function withBreaker(predictor: Predictor, options: BreakerOptions): Predictor {
  let latest: Failure | undefined;
  const setup = circuitBreaker(handleWhenResult(isFailure(isMisconfigured)), {
    halfOpenAfter: options.openMs,
    breaker: new ConsecutiveBreaker(misconfiguredAnswersToOpenCount),
  });
  const storm = circuitBreaker(handleWhenResult(isFailure(isAway)), {
    halfOpenAfter: options.stormOpenMs,
    breaker: new SamplingBreaker({
      threshold: stormRatio,
      duration: stormWindowMs,
      minimumRps: (stormCallCount * 1_000) / stormWindowMs,
    }),
  });
  const both = wrap(setup, storm);
  const isOpen = () => [setup, storm].some(({ state }) => state !== CircuitState.Closed);
  const tell = changeTeller(predictor.model.publishedName, options);
  return {
    ...predictor,
    gate: { state: () => ({ open: isOpen(), code: isOpen() ? latest?.code : undefined }) },
    async predict(bytes, signal) {
      try {
        const answer = await both.execute(async () => {
          const said = await predictor.predict(bytes, signal);
          if (isFailure(opens)(said)) latest = said.failure;
          return said;
        });
        tell(isOpen(), latest);
        return answer;
      } catch (error) {
        if (error instanceof BrokenCircuitError) return refused(latest);
        throw error;
      }
    },
  };
}

/** Tells each opening and closing once: probes that fail leave the breaker as open as it was. */
function changeTeller(model: string, { telemetry, nowMs }: BreakerOptions) {
  let openedAtMs: number | undefined;
  return (isOpen: boolean, latest: Failure | undefined): void => {
    if (isOpen && openedAtMs === undefined) {
      openedAtMs = nowMs();
      const failureClass = latest?.class;
      telemetry.event('breaker.opened', { model, failureClass, code: latest?.code }, {});
    } else if (!isOpen && openedAtMs !== undefined) {
      telemetry.event('breaker.closed', { model }, { openForMs: nowMs() - openedAtMs });
      openedAtMs = undefined;
    }
  };
}

function isMisconfigured(failure: Failure): boolean {
  return failure.class === 'misconfigured';
}

/** An unusable answer is about a photo; errors and silence are about the endpoint. */
function isAway(failure: Failure): boolean {
  return failure.class === 'transient' && failure.rejectAs === undefined;
}

function opens(failure: Failure): boolean {
  return isMisconfigured(failure) || isAway(failure);
}

type FailedAnswer = Extract<PredictionAnswer, { readonly kind: 'failed' }>;

function isFailure(which: (failure: Failure) => boolean) {
  return (answer: unknown): answer is FailedAnswer =>
    isFailedAnswer(answer) && which(answer.failure);
}

/** The policies hand on what the predictor answered, without its type. */
function isFailedAnswer(answer: unknown): answer is FailedAnswer {
  return (
    typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'failed'
  );
}

function refused(latest: Failure | undefined): PredictionAnswer {
  const failureClass = latest?.class === 'misconfigured' ? 'misconfigured' : 'transient';
  const detail = `calls are paused since the endpoint answered ${latest?.code ?? 'with errors'}`;
  return { kind: 'failed', failure: { class: failureClass, code: 'BREAKER_OPEN', detail } };
}

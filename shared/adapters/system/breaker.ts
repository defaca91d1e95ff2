/**
 * A circuit breaker around a predictor: when the endpoint is misconfigured (wrong key, unpublished
 * model) asking it again for every photo helps nobody. One probe goes out per open period.
 */
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
} from 'cockatiel';
import type { PredictionAnswer, Predictor } from '../../prediction/predictor.ts';

export interface BreakerOptions {
  readonly openMs: number;
}

/** One answer is proof enough: a wrong key does not come right by itself. */
const misconfiguredAnswersToOpenCount = 1;

export function withBreaker(predictor: Predictor, options: BreakerOptions): Predictor {
  let code = '';
  const policy = circuitBreaker(handleWhenResult(isMisconfigured), {
    halfOpenAfter: options.openMs,
    breaker: new ConsecutiveBreaker(misconfiguredAnswersToOpenCount),
  });
  const isOpen = () => policy.state !== CircuitState.Closed;
  return {
    model: predictor.model,
    gate: { state: () => ({ open: isOpen(), code: isOpen() ? code : undefined }) },
    async predict(bytes, signal) {
      try {
        return await policy.execute(async () => {
          const answer = await predictor.predict(bytes, signal);
          if (isMisconfigured(answer)) code = codeOf(answer);
          return answer;
        });
      } catch (error) {
        if (error instanceof BrokenCircuitError) return refused(code);
        throw error;
      }
    },
  };
}

function isMisconfigured(answer: unknown): answer is PredictionAnswer {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'failure' in answer &&
    typeof answer.failure === 'object' &&
    answer.failure !== null &&
    'class' in answer.failure &&
    answer.failure.class === 'misconfigured'
  );
}

function codeOf(answer: PredictionAnswer): string {
  return answer.kind === 'failed' ? answer.failure.code : '';
}

function refused(code: string): PredictionAnswer {
  const detail = `calls are paused since the endpoint answered ${code}`;
  return { kind: 'failed', failure: { class: 'misconfigured', code: 'BREAKER_OPEN', detail } };
}

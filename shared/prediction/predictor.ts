/** The port to a published prediction endpoint. It answers with values and does not throw. */
import type { Failure } from './failure.ts';
import type { ModelIdentity, Prediction } from './prediction.ts';

export type PredictionAnswer =
  | { readonly kind: 'predicted'; readonly prediction: Prediction }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface Predictor {
  readonly model: ModelIdentity;
  /**
   * @param signal - aborted when the caller has no time left; the call has its own deadline too.
   */
  predict(bytes: Buffer, signal: AbortSignal): Promise<PredictionAnswer>;
  /** Whether calls go out at present; closed again by a call that works. */
  readonly gate?: Gate;
  /** Where there are two keys: the one that the endpoint refuses while the other opens. */
  readonly refusedKey?: () => KeyName | undefined;
}

/** A prediction resource has two, so that one can be made anew while the other is in use. */
export type KeyName = 'first' | 'second';

/** What an operator sees of a circuit breaker. */
export interface Gate {
  state(): { readonly open: boolean; readonly code: string | undefined };
}

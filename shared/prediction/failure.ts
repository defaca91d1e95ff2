/**
 * Failures have a class before they have a handler. The class decides what happens to the photo;
 * the code says what was seen, for people.
 */
export type FailureClass = 'throttled' | 'transient' | 'quotaExhausted' | 'misconfigured' | 'unfit';

/** What the endpoint refused about the photo, or answered instead of a prediction. */
export type PredictionProblem =
  | 'photo-too-large'
  | 'photo-side-too-long'
  | 'prediction-refused'
  | 'answer-null'
  | 'answer-html'
  | 'answer-text'
  | 'answer-shape'
  | 'answer-empty'
  | 'answer-not-a-number';

interface FailureBase {
  /** Stable, for dashboards: the service's own code where it gave one. */
  readonly code: string;
  /** One line, safe to log. */
  readonly detail: string;
  readonly httpStatus?: number | undefined;
  readonly requestId?: string | undefined;
}

export type Failure =
  | (FailureBase & { readonly class: 'throttled'; readonly retryAfterMs?: number | undefined })
  | (FailureBase & {
      readonly class: 'transient';
      /** Set where asking again and again will not help: one more try, then this rejection. */
      readonly rejectAs?: PredictionProblem | undefined;
    })
  | (FailureBase & { readonly class: 'quotaExhausted'; readonly retryAfterMs?: number | undefined })
  | (FailureBase & { readonly class: 'misconfigured' })
  | (FailureBase & { readonly class: 'unfit'; readonly reason: PredictionProblem });

/** Failures that leave the photo waiting, rather than settled. */
export type WaitingFailure = Exclude<Failure, { readonly class: 'unfit' }>;

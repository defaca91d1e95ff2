/** Failures before any answer came: no connection, a reset, the deadline. Always transient. */
import { messageOf, redact } from '../../errors.ts';
import type { PredictionAnswer } from '../../prediction/predictor.ts';

export function noAnswer(error: unknown): PredictionAnswer {
  const detail = `no answer from the endpoint: ${messageOf(error)}`.slice(0, 300);
  return { kind: 'failed', failure: { class: 'transient', code: codeOf(error), detail } };
}

function codeOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'TIMEOUT';
  if (error instanceof Error && error.name === 'AbortError') return 'ABORTED';
  if (typeof error === 'object' && error !== null && 'code' in error) {
    return redact(String(error.code)).slice(0, 80);
  }
  return 'NO_ANSWER';
}

/**
 * One endpoint by either of its two keys, so that they can be rotated under a running app: a call whose
 * key is refused is made once more with the other. The one that opened is asked first from then on.
 */
import type { KeyName, PredictionAnswer, Predictor } from '../../prediction/predictor.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';

export interface SecondKeyOptions {
  /** For both calls together: a claim outlasts no more than that. */
  readonly timeoutMs: number;
  readonly telemetry: Telemetry;
}

const unauthorised = 401;

const other: Readonly<Record<KeyName, KeyName>> = { first: 'second', second: 'first' };

/** @param byKey - the same endpoint and model. */
export function withSecondKey(
  byKey: Readonly<Record<KeyName, Predictor>>,
  { timeoutMs, telemetry }: SecondKeyOptions,
): Predictor {
  const { model } = byKey.first;
  let present: KeyName = 'first';
  let refused: KeyName | undefined;
  const goOnWith = (key: KeyName): void => {
    // Calls at once are refused together: the first of them to be answered tells it.
    if (present === key) return;
    present = key;
    refused = other[key];
    telemetry.event('key.refused', { model: model.publishedName, refusedKey: refused }, {});
  };
  return {
    model,
    refusedKey: () => refused,
    async predict(bytes, signal) {
      const asked = present;
      const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const answer = await byKey[asked].predict(bytes, within);
      if (!isRefused(answer)) return answer;
      const second = await byKey[other[asked]].predict(bytes, within);
      if (isRefused(second)) return byBoth(second);
      if (hasOpened(second)) goOnWith(other[asked]);
      return second;
    },
  };
}

type FailedAnswer = Extract<PredictionAnswer, { readonly kind: 'failed' }>;

function isRefused(answer: PredictionAnswer): answer is FailedAnswer {
  return answer.kind === 'failed' && answer.failure.httpStatus === unauthorised;
}

/** Whoever says something about the photo or the quota has let the key pass. */
function hasOpened(answer: PredictionAnswer): boolean {
  if (answer.kind === 'predicted') return true;
  return answer.failure.class !== 'transient' && answer.failure.class !== 'misconfigured';
}

function byBoth({ failure }: FailedAnswer): PredictionAnswer {
  const detail = `the endpoint answered ${unauthorised} to both keys`;
  return { kind: 'failed', failure: { ...failure, detail } };
}

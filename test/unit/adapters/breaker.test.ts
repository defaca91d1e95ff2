import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withBreaker } from '../../../shared/adapters/system/breaker.ts';
import type { PredictionAnswer } from '../../../shared/prediction/predictor.ts';
import { failed, model, scratch, throttled } from '../../helpers/pipeline.ts';

const wrongKey = failed({ class: 'misconfigured', code: 'HTTP_401', detail: 'x' });
const { signal } = new AbortController();
const bytes = Buffer.alloc(1);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function breakerOver(...answers: PredictionAnswer[]) {
  let callCount = 0;
  const predict = async () => {
    callCount += 1;
    return answers[callCount - 1] ?? scratch;
  };
  const predictor = withBreaker({ model, predict }, { openMs: 30_000 });
  return { predictor, calls: () => callCount };
}

it('stops calling after one misconfigured answer and says why', async () => {
  const { predictor, calls } = breakerOver(wrongKey);

  await predictor.predict(bytes, signal);
  const refused = await predictor.predict(bytes, signal);

  expect(calls()).toBe(1);
  expect(refused).toMatchObject({ failure: { class: 'misconfigured', code: 'BREAKER_OPEN' } });
  expect(predictor.gate?.state()).toEqual({ open: true, code: 'HTTP_401' });
});

it('sends one probe after the open time and closes when it works', async () => {
  const { predictor, calls } = breakerOver(wrongKey);
  await predictor.predict(bytes, signal);

  vi.advanceTimersByTime(30_000);
  const probe = await predictor.predict(bytes, signal);

  expect(probe).toEqual(scratch);
  expect(calls()).toBe(2);
  expect(predictor.gate?.state()).toEqual({ open: false, code: undefined });
});

it('stays closed for throttling, which is no misconfiguration', async () => {
  const { predictor, calls } = breakerOver(throttled(), throttled());

  for (const _ of [1, 2]) await predictor.predict(bytes, signal);

  expect(calls()).toBe(2);
  expect(predictor.gate?.state().open).toBe(false);
});

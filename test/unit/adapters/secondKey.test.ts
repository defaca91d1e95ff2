import { expect, it } from 'vitest';
import { memoryTelemetry } from '../../../shared/adapters/memory/memoryTelemetry.ts';
import { withSecondKey } from '../../../shared/adapters/system/secondKey.ts';
import type { KeyName, PredictionAnswer } from '../../../shared/prediction/predictor.ts';
import { failed, model, scratch, throttled } from '../../helpers/pipeline.ts';

const { signal } = new AbortController();
const bytes = Buffer.alloc(1);
const seen = { code: 'HTTP_401', detail: 'the endpoint answered 401', httpStatus: 401 };
const refused = failed({ class: 'misconfigured', ...seen });
const toldOf = (refusedKey: KeyName) => ({
  name: 'key.refused',
  properties: { model: 'parts', refusedKey },
  measurements: {},
});

/** @param answers - of the endpoint to each key; they may change. */
function endpointWith(answers: Record<KeyName, PredictionAnswer>, timeoutMs = 60_000) {
  const asked: KeyName[] = [];
  const signals: AbortSignal[] = [];
  const opened = (key: KeyName) => ({
    model,
    async predict(_bytes: Buffer, within: AbortSignal) {
      asked.push(key);
      signals.push(within);
      return answers[key];
    },
  });
  const telemetry = memoryTelemetry();
  const byKey = { first: opened('first'), second: opened('second') };
  const predictor = withSecondKey(byKey, { timeoutMs, telemetry });
  const ask = () => predictor.predict(bytes, signal);
  return { answers, asked, signals, ask, predictor, told: telemetry.events };
}

it('asks with the first key, and that once, as long as it opens', async () => {
  const { ask, asked, predictor, told } = endpointWith({ first: scratch, second: scratch });

  expect([await ask(), await ask()]).toEqual([scratch, scratch]);
  expect(asked).toEqual(['first', 'first']);
  expect(predictor.refusedKey?.()).toBeUndefined();
  expect(told).toEqual([]);
});

it('asks once more with the other key, stays with it, and tells it once', async () => {
  const { ask, asked, predictor, told } = endpointWith({ first: refused, second: scratch });

  expect([await ask(), await ask()]).toEqual([scratch, scratch]);
  expect(asked).toEqual(['first', 'second', 'second']);
  expect(predictor.refusedKey?.()).toBe('first');
  expect(told).toEqual([toldOf('first')]);
});

it('tells it once where several calls are refused at the same time', async () => {
  const { ask, asked, told } = endpointWith({ first: refused, second: scratch });

  expect(await Promise.all([ask(), ask(), ask()])).toEqual([scratch, scratch, scratch]);
  expect(asked.toSorted()).toEqual(['first', 'first', 'first', 'second', 'second', 'second']);
  expect(told).toEqual([toldOf('first')]);
});

it('goes back to the first key when the second is refused in its turn', async () => {
  const { answers, ask, asked, predictor, told } = endpointWith({
    first: refused,
    second: scratch,
  });
  await ask();
  Object.assign(answers, { first: scratch, second: refused });

  expect([await ask(), await ask()]).toEqual([scratch, scratch]);
  expect(asked).toEqual(['first', 'second', 'second', 'first', 'first']);
  expect(predictor.refusedKey?.()).toBe('second');
  expect(told).toEqual([toldOf('first'), toldOf('second')]);
});

it('is misconfigured, and says that both were tried, where neither opens', async () => {
  const { ask, asked, predictor, told } = endpointWith({ first: refused, second: refused });
  const both = {
    ...seen,
    class: 'misconfigured',
    detail: 'the endpoint answered 401 to both keys',
  };

  expect([await ask(), await ask()]).toEqual([failed(both as never), failed(both as never)]);
  expect(asked).toEqual(['first', 'second', 'first', 'second']);
  expect(predictor.refusedKey?.()).toBeUndefined();
  expect(told).toEqual([]);
});

it.each([
  ['is throttled', throttled(1_000), 'second'],
  [
    'has its photo turned away',
    failed({ class: 'unfit', code: 'X', detail: 'x', reason: 'prediction-refused' }),
    'second',
  ],
  ['has no answer', failed({ class: 'transient', code: 'TIMEOUT', detail: 'x' }), 'first'],
  [
    'finds nothing published',
    failed({ class: 'misconfigured', code: 'NotFoundIteration', detail: 'x', httpStatus: 404 }),
    'first',
  ],
] as const)('a second call that %s is the answer', async (_what, second, nextAsked) => {
  const { ask, asked } = endpointWith({ first: refused, second });

  expect(await ask()).toEqual(second);
  await ask();
  expect(asked[2]).toBe(nextAsked);
});

it.each([403, 404, 429, 500])('leaves the other key alone for a %s', async (httpStatus) => {
  const other = failed({ class: 'misconfigured', code: 'X', detail: 'x', httpStatus });
  const { ask, asked } = endpointWith({ first: other, second: scratch });

  expect(await ask()).toEqual(other);
  expect(asked).toEqual(['first']);
});

it('gives both calls one deadline, and its caller’s', async () => {
  const { ask, signals } = endpointWith({ first: refused, second: refused }, 1);
  await ask();
  const [first, second] = signals;

  expect(second).toBe(first);
  await new Promise((resolve) => first?.addEventListener('abort', resolve));
  expect(first?.reason).toMatchObject({ name: 'TimeoutError' });
});

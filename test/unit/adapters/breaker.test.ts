import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { memoryTelemetry } from '../../../shared/adapters/memory/memoryTelemetry.ts';
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
  const telemetry = memoryTelemetry();
  const options = { openMs: 30_000, stormOpenMs: 15_000, telemetry, nowMs: () => Date.now() };
  const predictor = withBreaker({ model, predict }, options);
  return { predictor, calls: () => callCount, told: telemetry.events };
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

it.each(['misconfigured', 'storm'] as const)(
  'lets one of many calls through that come at once when its time is over (%s)',
  async (cause) => {
    const away = failed({ class: 'transient', code: 'HTTP_503', detail: 'x' });
    const failure = cause === 'storm' ? away : wrongKey;
    const { predictor, calls } = breakerOver(...Array.from({ length: 100 }, () => failure));
    for (let count = 0; count < 20; count += 1) await predictor.predict(bytes, signal);
    const before = calls();

    vi.advanceTimersByTime(30_000);
    await Promise.all(Array.from({ length: 8 }, () => predictor.predict(bytes, signal)));

    expect(calls()).toBe(before + 1);
  },
);

it('tells operators once that it opened, and once for how long, whatever probes fail between', async () => {
  const { predictor, told } = breakerOver(wrongKey, wrongKey, scratch);

  await predictor.predict(bytes, signal);
  await predictor.predict(bytes, signal);
  vi.advanceTimersByTime(30_000);
  await predictor.predict(bytes, signal);
  vi.advanceTimersByTime(30_000);
  await predictor.predict(bytes, signal);
  await predictor.predict(bytes, signal);

  expect(told).toEqual([
    {
      name: 'breaker.opened',
      properties: { model: 'parts', failureClass: 'misconfigured', code: 'HTTP_401' },
      measurements: {},
    },
    { name: 'breaker.closed', properties: { model: 'parts' }, measurements: { openForMs: 60_000 } },
  ]);
});

const away = failed({ class: 'transient', code: 'HTTP_503', detail: 'x' });

function times(count: number, answer: PredictionAnswer): PredictionAnswer[] {
  return Array.from({ length: count }, () => answer);
}

/** Spread over some seconds: the sampling looks at windows. */
async function callTimes(predictor: ReturnType<typeof withBreaker>, count: number) {
  for (let call = 0; call < count; call += 1) {
    await predictor.predict(bytes, signal);
    vi.advanceTimersByTime(250);
  }
}

it('opens where half of at least twenty calls fail, and parks what comes as transient', async () => {
  const { predictor, calls } = breakerOver(...times(12, scratch), ...times(40, away));

  await callTimes(predictor, 60);
  const refused = await predictor.predict(bytes, signal);

  expect(calls()).toBeLessThan(30);
  expect(predictor.gate?.state()).toEqual({ open: true, code: 'HTTP_503' });
  expect(refused).toMatchObject({ failure: { class: 'transient', code: 'BREAKER_OPEN' } });
});

it('stays closed for a few errors, however many of a few calls they are', async () => {
  const { predictor, calls } = breakerOver(...times(15, away));

  await callTimes(predictor, 15);

  expect(calls()).toBe(15);
  expect(predictor.gate?.state().open).toBe(false);
});

it('stays closed for unusable answers, which are about the photo', async () => {
  const unusable = { code: 'ANSWER_NULL', rejectAs: 'answer-null', detail: 'x' } as const;
  const { predictor, calls } = breakerOver(
    ...times(40, failed({ class: 'transient', ...unusable })),
  );

  await callTimes(predictor, 40);

  expect(calls()).toBe(40);
});

it('sends one probe into a storm each fifteen seconds', async () => {
  const { predictor, calls } = breakerOver(...times(100, away));
  await callTimes(predictor, 40);
  const callsBefore = calls();

  vi.advanceTimersByTime(15_000);
  for (const _ of [1, 2, 3]) await predictor.predict(bytes, signal);

  expect(calls()).toBe(callsBefore + 1);
});

it('stays closed for throttling, which is no misconfiguration', async () => {
  const { predictor, calls } = breakerOver(throttled(), throttled());

  for (const _ of [1, 2]) await predictor.predict(bytes, signal);

  expect(calls()).toBe(2);
  expect(predictor.gate?.state().open).toBe(false);
});

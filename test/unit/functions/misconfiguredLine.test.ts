import { InvocationContext } from '@azure/functions';
import { expect, it } from 'vitest';
import { logFates } from '../../../functions/logFates.ts';
import { memoryTelemetry } from '../../../shared/adapters/memory/memoryTelemetry.ts';
import { withBreaker } from '../../../shared/adapters/system/breaker.ts';
import type { WaitingReason } from '../../../shared/deferral/waitingReason.ts';
import { failed, model, photoRef, uploadOf } from '../../helpers/pipeline.ts';

it('names what the endpoint answered, also for a photo that was held back without a call', async () => {
  const wrongKey = failed({ class: 'misconfigured', code: 'HTTP_401', detail: 'x' });
  const telemetry = memoryTelemetry();
  const options = { openMs: 30_000, stormOpenMs: 15_000, telemetry, nowMs: () => Date.now() };
  const predictor = withBreaker({ model, predict: async () => wrongKey }, options);
  const ask = () => predictor.predict(Buffer.alloc(1), new AbortController().signal);
  await ask();
  const heldBack = await ask();
  const failure = (heldBack.kind === 'failed' ? heldBack.failure : undefined) as WaitingReason;
  const errors: string[] = [];
  const logHandler = (level: string, line: unknown) => {
    if (level === 'error') errors.push(String(line));
  };
  const context = new InvocationContext({ functionName: 'f', invocationId: 'i', logHandler });

  logFates(context, [{ kind: 'waiting', work: uploadOf(photoRef), failure }]);

  expect(failure.code).toBe('BREAKER_OPEN');
  expect(errors).toEqual([
    expect.stringContaining(
      'misconfigured (calls are paused since the endpoint answered HTTP_401)',
    ),
  ]);
});

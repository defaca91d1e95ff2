/** Work that a crash has sent on more than one road: settled once, and announced as rarely as can be. */
import { expect, it } from 'vitest';
import { type StepName, withSteps } from '../../../bench/steps.ts';
import { PipelineError } from '../../../shared/errors.ts';
import { drainDeferred } from '../../../shared/pipeline/drainDeferred.ts';
import { processBatch } from '../../../shared/pipeline/processBatch.ts';
import { processPhoto } from '../../../shared/pipeline/processPhoto.ts';
import { sweepLedger } from '../../../shared/pipeline/sweepLedger.ts';
import type { PredictionAnswer } from '../../../shared/prediction/predictor.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import {
  endlessBudget,
  photoRef,
  pipelineAnswering,
  scratch,
  throttled,
  uploadOf,
} from '../../helpers/pipeline.ts';

const jpeg = await goodPhoto();
const ttlMs = 120_000;
const work = uploadOf(photoRef);

/** A photo whose process ended before the named step, and whose claim has expired since. */
async function leftBefore(step: StepName, ...answers: readonly PredictionAnswer[]) {
  const pipeline = pipelineAnswering(...answers);
  pipeline.photos.upload(photoRef, { bytes: jpeg });
  let isGone = false;
  const mortal = withSteps(pipeline.deps, (name) => {
    isGone ||= name === step;
    if (isGone) throw new Error('crash');
  });
  await processPhoto(mortal, work, endlessBudget).catch(() => {});
  pipeline.passTime(ttlMs);
  const parked = (index: number): unknown => JSON.parse(pipeline.deferrals.sent[index]?.text ?? '');
  return { ...pipeline, parked };
}

it('announces once what the sweep and a second delivery both bring back', async () => {
  const { deps, events, parked, calls } = await leftBefore('predict', scratch);
  await sweepLedger(deps, endlessBudget);

  await processPhoto(deps, work, endlessBudget);
  await drainDeferred(deps, parked(0), endlessBudget);

  expect([events.published.length, calls()]).toEqual([1, 1]);
});

it('announces once where the swept work comes first, or comes twice', async () => {
  const { deps, events, parked } = await leftBefore('predict', scratch);
  await sweepLedger(deps, endlessBudget);

  await drainDeferred(deps, parked(0), endlessBudget);
  await drainDeferred(deps, parked(0), endlessBudget);
  await processPhoto(deps, work, endlessBudget);

  expect(events.published).toHaveLength(1);
});

it('remembers through a parking that a crash has sent the work on two roads', async () => {
  const { deps, events, parked, passTime } = await leftBefore('predict', throttled(1_000), scratch);
  await sweepLedger(deps, endlessBudget);
  await drainDeferred(deps, parked(0), endlessBudget);
  passTime(60_000);

  await processBatch(deps, [work], endlessBudget);
  await drainDeferred(deps, parked(1), endlessBudget);

  expect(events.published).toHaveLength(1);
});

it('announces once more where it could not be noted that it was announced', async () => {
  const { deps, events, parked, entries } = await leftBefore('predict', scratch);
  await sweepLedger(deps, endlessBudget);
  const details = { operation: 'note', path: 'x' };
  const away = new PipelineError('STORE_UNAVAILABLE', 'x', details);
  const forgetful = { ...entries, note: () => Promise.reject(away) };

  await processPhoto({ ...deps, entries: forgetful }, work, endlessBudget);
  await drainDeferred(deps, parked(0), endlessBudget);
  await drainDeferred(deps, parked(0), endlessBudget);

  expect(events.published).toHaveLength(2);
});

it('holds the claim it took over until the photo is settled', async () => {
  const { deps, calls } = await leftBefore('predict', scratch);
  const beside: string[] = [];
  const predict: typeof deps.predictor.predict = async (bytes, signal) => {
    const fate = await processPhoto(deps, work, endlessBudget);
    beside.push(fate.kind === 'waiting' ? fate.failure.code : fate.kind);
    return deps.predictor.predict(bytes, signal);
  };

  await processPhoto({ ...deps, predictor: { ...deps.predictor, predict } }, work, endlessBudget);

  expect(beside).toEqual(['CLAIM_HELD']);
  expect(calls()).toBe(1);
});

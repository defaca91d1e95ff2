/** A pipeline with one photo uploaded, and tries of it that end as a process does. */
import { expect } from 'vitest';
import { type StepName, withSteps } from '../../bench/steps.ts';
import { processPhoto } from '../../shared/pipeline/processPhoto.ts';
import type { PredictionAnswer } from '../../shared/prediction/predictor.ts';
import { goodPhoto } from './badPhotos.ts';
import { ampleBudget, photoRef, pipelineAnswering, uploadOf } from './pipeline.ts';

const jpeg = await goodPhoto();
/** The process ends: nothing after this point happens, not even tidying up. */
const crash = new Error('crash');

export function withPhoto(...answers: readonly PredictionAnswer[]) {
  const pipeline = pipelineAnswering(...answers);
  const etag = pipeline.photos.upload(photoRef, { bytes: jpeg });
  return { ...pipeline, etag };
}

type Pipeline = ReturnType<typeof withPhoto>;

/** Everything after the named step fails, as in a process that is gone. */
export async function crashAt({ deps }: Pipeline, step: StepName, phase: 'before' | 'after') {
  let isGone = false;
  const mortal = withSteps(deps, (name, at) => {
    isGone ||= name === step && at === phase;
    if (isGone) throw crash;
  });
  await expect(processPhoto(mortal, uploadOf(photoRef), ampleBudget)).rejects.toBe(crash);
}

/**
 * A thousand processes, one after the other, each asked to end at some step of its batches: calls
 * under way come to their end, nothing else is begun, and the next process has the rest.
 */
import { expect, it } from 'vitest';
import { withSteps } from '../../bench/steps.ts';
import { type RandomStream, randomStream } from '../../local/samples/render/random.ts';
import type { PhotoWork } from '../../shared/deferral/photoWork.ts';
import { processBatch } from '../../shared/pipeline/processBatch.ts';
import { goodPhoto } from '../helpers/badPhotos.ts';
import {
  endlessBudget,
  photoRef,
  pipelineAnswering,
  scratch,
  uploadOf,
} from '../helpers/pipeline.ts';

const jpeg = await goodPhoto();
const endingCount = 1_000;
/** New ones for each process; one of them is delivered twice. */
const photosEach = 3;
const stepsUntilEnd = 160;

type Pipeline = ReturnType<typeof pipelineAnswering>;

/** Runs the batches until all are through, told to end at a step. @returns calls in flight then. */
async function runUntilEnded(
  { deps }: Pipeline,
  batches: readonly (readonly PhotoWork[])[],
  endAtStep: number,
  random: RandomStream,
): Promise<number> {
  const ending = new AbortController();
  let stepCount = 0;
  let inFlightCount = 0;
  let inFlightAtEndCount = 0;
  const stepping = withSteps(deps, async (step, phase) => {
    if (step === 'predict') inFlightCount += phase === 'before' ? 1 : -1;
    // Calls take longest.
    const turnCount = random.integer(step === 'predict' ? 300 : 4);
    for (let turn = 0; turn < turnCount; turn += 1) await Promise.resolve();
    if ((stepCount += 1) !== endAtStep) return;
    inFlightAtEndCount = inFlightCount;
    ending.abort();
  });
  const budget = {
    ...endlessBudget,
    signal: new AbortController().signal,
    stopping: ending.signal,
  };
  await Promise.all(batches.map((works) => processBatch(stepping, works, budget)));
  return inFlightAtEndCount;
}

it('a thousand endings in mid-batch lose nothing, pay nothing twice and settle nothing twice', async () => {
  const random = randomStream(7);
  const pipeline = pipelineAnswering(scratch);
  const { photos, deferrals, outcomes, events, claims } = pipeline;
  let photoCount = 0;
  let readCount = 0;
  let effectiveCount = 0;
  const parked = (): PhotoWork[] => {
    const messages = deferrals.sent.slice(readCount);
    readCount += messages.length;
    return messages.flatMap(({ text }) => JSON.parse(text).photos);
  };

  for (let ending = 0; ending < endingCount; ending += 1) {
    const works = Array.from({ length: photosEach }, () => {
      const photo = { ...photoRef, blobName: `${(photoCount += 1)}.jpg` };
      photos.upload(photo, { bytes: jpeg });
      return uploadOf(photo);
    });
    const batches = [works, parked(), works.slice(0, 1)];
    const endAtStep = 1 + random.integer(stepsUntilEnd);
    if ((await runUntilEnded(pipeline, batches, endAtStep, random)) > 0) effectiveCount += 1;
  }
  for (let rest = parked(); rest.length > 0; rest = parked()) {
    await processBatch(pipeline.deps, rest, endlessBudget);
  }

  expect(effectiveCount).toBeGreaterThan(endingCount / 4);
  expect(pipeline.calls()).toBe(photoCount);
  const keys = [...outcomes.documents.values()].map(({ outcomeKey }) => outcomeKey);
  expect(new Set(keys).size).toBe(photoCount);
  expect(keys).toHaveLength(photoCount);
  expect(new Set(events.published.map(({ id }) => id))).toEqual(new Set(keys));
  expect(claims.claims.size).toBe(0);
});

/**
 * A slow owner that was taken over: it may write its outcome after the other gave the claim back with
 * nothing settled, and end before announcing it. No claim tells of it then; the entry has to.
 */
import { expect, it } from 'vitest';
import { withSteps } from '../../../bench/steps.ts';
import { PipelineError } from '../../../shared/errors.ts';
import type { PipelineDeps } from '../../../shared/pipeline/deps.ts';
import { drainDeferred } from '../../../shared/pipeline/drainDeferred.ts';
import { processBatch } from '../../../shared/pipeline/processBatch.ts';
import { sweepLedger } from '../../../shared/pipeline/sweepLedger.ts';
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
const work = uploadOf(photoRef);
const storeAway = new PipelineError('STORE_UNAVAILABLE', 'x', { operation: 'x', path: 'x' });

/** A try that stands still before it writes its outcome, and ends for good before announcing it. */
function slowOwner(deps: PipelineDeps) {
  const standsStill = Promise.withResolvers<void>();
  const goesOn = Promise.withResolvers<void>();
  let isGone = false;
  const slow = withSteps(deps, async (step, phase) => {
    if (step === 'outcome' && phase === 'before') {
      standsStill.resolve();
      await goesOn.promise;
    }
    isGone ||= step === 'publish';
    if (isGone) throw new Error('crash');
  });
  const ended = processBatch(slow, [work], endlessBudget).catch(() => {});
  return {
    standsStill: standsStill.promise,
    end: () => {
      goesOn.resolve();
      return ended;
    },
  };
}

/** A try that has to wait, and ends for good before it is parked. */
async function endBeforeParking(deps: PipelineDeps): Promise<void> {
  const mortal = withSteps(deps, (step) => {
    if (step === 'park') throw new Error('crash');
  });
  await expect(processBatch(mortal, [work], endlessBudget)).rejects.toThrow('crash');
}

it('announces what a slow owner wrote after another had overtaken it and died before parking', async () => {
  const { deps, photos, passTime, claims, outcomes, events } = pipelineAnswering(
    scratch,
    throttled(),
  );
  photos.upload(photoRef, { bytes: jpeg });
  const owner = slowOwner(deps);
  await owner.standsStill;
  passTime(deps.claimTtlMs);
  await endBeforeParking(deps);
  await owner.end();
  expect([claims.claims.size, outcomes.documents.size, events.published.length]).toEqual([0, 1, 0]);

  // The transport delivers again what was not parked.
  await processBatch(deps, [work], endlessBudget);
  await processBatch(deps, [work], endlessBudget);

  expect(events.published).toHaveLength(1);
});

it('announces what a slow owner wrote after another had overtaken it and met storage away', async () => {
  const { deps, photos, passTime, claims, outcomes, events, deferrals } =
    pipelineAnswering(scratch);
  photos.upload(photoRef, { bytes: jpeg });
  const owner = slowOwner(deps);
  await owner.standsStill;
  passTime(deps.claimTtlMs);
  const away = withSteps(deps, (step) => {
    if (step === 'read') throw storeAway;
  });
  await processBatch(away, [work], endlessBudget);
  await owner.end();
  expect([claims.claims.size, outcomes.documents.size, events.published.length]).toEqual([0, 1, 0]);

  for (const { text } of deferrals.sent) await drainDeferred(deps, JSON.parse(text), endlessBudget);

  expect(events.published).toHaveLength(1);
});

it('announces what a slow owner wrote though a parking from before notes what it knew then', async () => {
  const pipeline = pipelineAnswering(throttled(), scratch, throttled());
  const { deps, photos, passTime, claims, outcomes, events } = pipeline;
  photos.upload(photoRef, { bytes: jpeg });
  const notes = Promise.withResolvers<void>();
  const isToNote = Promise.withResolvers<void>();
  const parking = processBatch(
    withSteps(deps, async (step, phase) => {
      if (step !== 'note' || phase !== 'before') return;
      isToNote.resolve();
      await notes.promise;
    }),
    [work],
    endlessBudget,
  );
  await isToNote.promise;
  const owner = slowOwner(deps);
  await owner.standsStill;
  passTime(deps.claimTtlMs);
  await endBeforeParking(deps);
  notes.resolve();
  await parking;
  await owner.end();
  expect([claims.claims.size, outcomes.documents.size, events.published.length]).toEqual([0, 1, 0]);

  await processBatch(deps, [work], endlessBudget);

  expect(events.published).toHaveLength(1);
});

it('announces what a slow owner wrote after the sweep had taken it for lost', async () => {
  const pipeline = pipelineAnswering(scratch);
  const { deps, photos, passTime, claims, outcomes, events, deferrals } = pipeline;
  photos.upload(photoRef, { bytes: jpeg });
  const owner = slowOwner(deps);
  await owner.standsStill;
  passTime(deps.claimTtlMs);
  await sweepLedger(deps, endlessBudget);
  await owner.end();
  expect([claims.claims.size, outcomes.documents.size, events.published.length]).toEqual([0, 1, 0]);

  for (const { text } of deferrals.sent) await drainDeferred(deps, JSON.parse(text), endlessBudget);

  expect(events.published).toHaveLength(1);
});

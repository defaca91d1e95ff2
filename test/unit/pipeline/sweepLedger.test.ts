import { expect, it } from 'vitest';
import { type StepName, withSteps } from '../../../bench/steps.ts';
import { deferredMessageSchema } from '../../../shared/deferral/deferredPhoto.ts';
import { PipelineError } from '../../../shared/errors.ts';
import { drainDeferred } from '../../../shared/pipeline/drainDeferred.ts';
import { processPhoto } from '../../../shared/pipeline/processPhoto.ts';
import { sweepLedger } from '../../../shared/pipeline/sweepLedger.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import {
  endlessBudget,
  photoRef,
  pipelineAnswering,
  scratch,
  uploadOf,
} from '../../helpers/pipeline.ts';

const jpeg = await goodPhoto();
const ttlMs = 120_000;

/** Photos whose process ended before the named step. */
async function leftBefore(step: StepName, ...blobNames: readonly string[]) {
  const pipeline = pipelineAnswering(scratch);
  for (const blobName of blobNames) {
    let isGone = false;
    const mortal = withSteps(pipeline.deps, (name) => {
      isGone ||= name === step;
      if (isGone) throw new Error('crash');
    });
    pipeline.photos.upload({ ...photoRef, blobName }, { bytes: jpeg });
    await processPhoto(mortal, uploadOf({ ...photoRef, blobName }), endlessBudget).catch(() => {});
  }
  return pipeline;
}

it('announces the outcome beside an expired claim and releases the claim', async () => {
  const { deps, events, claims, deferrals, passTime } = await leftBefore(
    'publish',
    'a.jpg',
    'b.jpg',
  );
  passTime(ttlMs);

  const sweep = await sweepLedger(deps, endlessBudget);

  expect(sweep).toEqual({ announcedCount: 2, requeuedCount: 0, problems: [] });
  expect(new Set(events.published.map(({ subject }) => subject))).toEqual(
    new Set(['photos/a.jpg', 'photos/b.jpg']),
  );
  expect([claims.claims.size, deferrals.sent.length]).toEqual([0, 0]);
});

it('requeues the work of an expired claim without an outcome, which is then settled', async () => {
  const { deps, outcomes, claims, deferrals, passTime, calls } = await leftBefore(
    'predict',
    'a.jpg',
  );
  passTime(ttlMs);

  expect(await sweepLedger(deps, endlessBudget)).toMatchObject({ requeuedCount: 1 });

  const [message = { text: '{}', delayMs: -1 }] = deferrals.sent;
  expect(message.delayMs).toBe(0);
  expect(deferredMessageSchema.parse(JSON.parse(message.text))).toMatchObject({
    parkedBecause: ['CLAIM_EXPIRED'],
    photos: [{ photo: { blobName: 'a.jpg' }, deferralCount: 1 }],
  });
  await drainDeferred(deps, JSON.parse(message.text), endlessBudget);
  expect([outcomes.documents.size, claims.claims.size, calls()]).toEqual([1, 0, 1]);
});

it('releases the expired claim of one who had only looked, and announces nothing', async () => {
  const { deps, events, claims, photos, passTime } = pipelineAnswering(scratch);
  photos.upload(photoRef, { bytes: jpeg });
  await processPhoto(deps, uploadOf(photoRef), endlessBudget);
  const mortal = withSteps(deps, (step) => {
    if (step === 'lookup' || step === 'release') throw new Error('crash');
  });
  await processPhoto(mortal, uploadOf(photoRef), endlessBudget).catch(() => {});
  expect([events.published.length, claims.claims.size]).toEqual([1, 1]);
  passTime(ttlMs);

  const sweep = await sweepLedger(deps, endlessBudget);

  expect(sweep).toEqual({ announcedCount: 0, requeuedCount: 0, problems: [] });
  expect([events.published.length, claims.claims.size]).toEqual([1, 0]);
});

it('leaves it to the one that has renewed a claim to announce what it stands for', async () => {
  const { deps, events, claims, passTime } = await leftBefore('publish', 'a.jpg');
  passTime(ttlMs);
  const looksLong = withSteps(deps, async (step) => {
    if (step === 'lookup') await processPhoto(deps, uploadOf(photoRef), endlessBudget);
  });

  const sweep = await sweepLedger(looksLong, endlessBudget);

  expect(sweep).toMatchObject({ announcedCount: 0, problems: [] });
  expect([events.published.length, claims.claims.size]).toEqual([1, 0]);
});

it('leaves a claim alone whose time is not over', async () => {
  const { deps, claims, deferrals, passTime } = await leftBefore('predict', 'a.jpg');
  passTime(ttlMs - 1);

  const sweep = await sweepLedger(deps, endlessBudget);

  expect(sweep).toEqual({ announcedCount: 0, requeuedCount: 0, problems: [] });
  expect([claims.claims.size, deferrals.sent.length]).toEqual([1, 0]);
});

it('leaves a claim alone that was renewed since it was listed', async () => {
  const { deps, claims, deferrals, passTime } = await leftBefore('predict', 'a.jpg');
  passTime(ttlMs);
  const renewing = {
    ...claims,
    async find(...[outcomeKey, signal]: Parameters<typeof claims.find>) {
      const seen = await claims.find(outcomeKey, signal);
      if (seen) await claims.replace(seen.claim, seen.tag, signal);
      return claims.find(outcomeKey, signal);
    },
  };

  await sweepLedger({ ...deps, claims: renewing }, endlessBudget);

  expect([claims.claims.size, deferrals.sent.length]).toEqual([1, 0]);
});

it('goes on after a claim that it can not see to, keeps it, and says which', async () => {
  const { deps, claims, passTime } = await leftBefore('publish', 'a.jpg', 'b.jpg');
  passTime(ttlMs);
  const away = new PipelineError('EVENTS_UNAVAILABLE', 'busy', { hub: 'predictions' });
  const events = {
    ...deps.events,
    publish: (event: Parameters<typeof deps.events.publish>[0]) =>
      event.subject === 'photos/a.jpg' ? Promise.reject(away) : deps.events.publish(event),
  };

  const sweep = await sweepLedger({ ...deps, events }, endlessBudget);

  expect(sweep).toMatchObject({
    announcedCount: 1,
    problems: [expect.stringMatching(/EVENTS_UNAVAILABLE/)],
  });
  expect(claims.claims.size).toBe(1);
});

it('keeps the claim of work that could not be put back, and puts it back the next time', async () => {
  const { deps, claims, deferrals, passTime } = await leftBefore('predict', 'a.jpg');
  passTime(ttlMs);
  const details = { operation: 'park', queue: 'deferred-predictions' };
  const away = new PipelineError('QUEUE_UNAVAILABLE', 'away', details);
  const queue = { ...deps.deferrals, send: () => Promise.reject(away) };

  const first = await sweepLedger({ ...deps, deferrals: queue }, endlessBudget);
  const claimedMeanwhile = claims.claims.size;
  const second = await sweepLedger(deps, endlessBudget);

  expect(first).toMatchObject({ requeuedCount: 0, problems: [expect.stringContaining('away')] });
  expect(claimedMeanwhile).toBe(1);
  expect(second).toMatchObject({ requeuedCount: 1, problems: [] });
  expect([claims.claims.size, deferrals.sent.length]).toEqual([0, 1]);
});

it('sweeps more claims than it looks at together', async () => {
  const blobNames = Array.from({ length: 250 }, (_, index) => `${index}.jpg`);
  const { deps, claims, passTime } = await leftBefore('publish', ...blobNames);
  passTime(ttlMs);

  expect(await sweepLedger(deps, endlessBudget)).toMatchObject({ announcedCount: 250 });
  expect(claims.claims.size).toBe(0);
});

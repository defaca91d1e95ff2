import { expect, it } from 'vitest';
import { mapBounded } from '../../../shared/adapters/system/mapBounded.ts';
import { deferredMessageSchema } from '../../../shared/deferral/deferredPhoto.ts';
import { PipelineError } from '../../../shared/errors.ts';
import { drainDeferred } from '../../../shared/pipeline/drainDeferred.ts';
import { countFates } from '../../../shared/pipeline/fate.ts';
import { processBatch } from '../../../shared/pipeline/processBatch.ts';
import type { PredictionAnswer } from '../../../shared/prediction/predictor.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import {
  ampleBudget,
  endlessBudget,
  failed,
  photoRef,
  pipelineAnswering,
  scratch,
  startMs,
  throttled,
  uploadOf,
} from '../../helpers/pipeline.ts';

const jpeg = await goodPhoto();
const refs = ['a', 'b', 'c'].map((name) => ({ ...photoRef, blobName: `${name}.jpg` }));
const works = refs.map((ref) => uploadOf(ref));

function withPhotos(...answers: readonly PredictionAnswer[]) {
  const pipeline = pipelineAnswering(...answers);
  for (const ref of refs) pipeline.photos.upload(ref, { bytes: jpeg });
  return pipeline;
}

function parsed(text: string) {
  return deferredMessageSchema.parse(JSON.parse(text));
}

it('parks the throttled photos of a batch in one message and settles the others', async () => {
  const { deps, deferrals, outcomes } = withPhotos(scratch, throttled(2_000), throttled(3_000));

  const fates = await processBatch(deps, works, ampleBudget);

  expect(countFates(fates)).toEqual({ predicted: 1, throttled: 2 });
  expect(outcomes.documents.size).toBe(1);
  expect(deferrals.sent).toHaveLength(1);
  const [message = { text: '{}', delayMs: 0 }] = deferrals.sent;
  expect(message.delayMs).toBe(3_500);
  expect(parsed(message.text)).toMatchObject({
    parkedBecause: ['HTTP_429'],
    photos: [
      { photo: refs[1], deferralCount: 1, firstSeenAtMs: startMs },
      { photo: refs[2], deferralCount: 1, firstSeenAtMs: startMs },
    ],
  });
});

it('draws the jitter once for all photos that wait together', async () => {
  const { deps, deferrals } = withPhotos(throttled());
  const draws = [0.1, 0.9, 0.9, 0.9];

  await processBatch({ ...deps, random: () => draws.shift() ?? 0.9 }, works, ampleBudget);

  expect(deferrals.sent.map(({ delayMs }) => delayMs)).toEqual([100]);
});

it('asks for no more photos of a batch once one was throttled', async () => {
  const { deps, calls, deferrals } = withPhotos(throttled(1_000));
  const oneByOne = { ...deps, mapBounded: mapBounded(1) };

  await processBatch(oneByOne, works, ampleBudget);

  expect(calls()).toBe(1);
  expect(parsed(deferrals.sent[0]?.text ?? '').photos).toHaveLength(3);
});

it('parks photos of different failure classes apart, so that none waits for another', async () => {
  const broken = failed({ class: 'misconfigured', code: 'HTTP_401', detail: 'x' });
  const { deps, deferrals } = withPhotos(throttled(), broken, throttled());

  await processBatch(deps, works, ampleBudget);

  expect(deferrals.sent.map(({ delayMs }) => delayMs)).toEqual([500, 90_000]);
});

it('parks what it has no time to start', async () => {
  const { deps, deferrals, calls } = withPhotos(scratch);

  await processBatch(deps, works, { ...ampleBudget, startUntilMs: startMs });

  expect(calls()).toBe(0);
  expect(parsed(deferrals.sent[0]?.text ?? '').parkedBecause).toEqual(['NO_TIME_LEFT']);
});

it('begins no photo once the process is to end', async () => {
  const { deps, deferrals, calls } = withPhotos(scratch);
  let openedCount = 0;
  const open = (...call: Parameters<typeof deps.photos.open>) => {
    openedCount += 1;
    return deps.photos.open(...call);
  };
  const watched = { ...deps, photos: { ...deps.photos, open } };

  await processBatch(watched, works, { ...ampleBudget, stopping: AbortSignal.abort() });

  expect([openedCount, calls()]).toEqual([0, 0]);
  expect(parsed(deferrals.sent[0]?.text ?? '').photos).toHaveLength(3);
});

it('brings a call to its end while the process is to end, and begins no other', async () => {
  const { deps, deferrals, calls, outcomes, claims } = withPhotos(scratch);
  const process = new AbortController();
  const predictor = {
    ...deps.predictor,
    predict: (...call: Parameters<typeof deps.predictor.predict>) => {
      process.abort();
      return deps.predictor.predict(...call);
    },
  };
  const stopping = { ...ampleBudget, stopping: process.signal };

  await processBatch({ ...deps, predictor, mapBounded: mapBounded(1) }, works, stopping);

  expect([calls(), outcomes.documents.size, claims.claims.size]).toEqual([1, 1, 0]);
  expect(parsed(deferrals.sent[0]?.text ?? '').photos).toHaveLength(2);
});

it('parks a photo that is claimed but not yet paid for when the process is to end', async () => {
  const { deps, deferrals, calls, claims } = withPhotos(scratch);
  const process = new AbortController();
  const readSize = (...call: Parameters<typeof deps.readSize>) => {
    process.abort();
    return deps.readSize(...call);
  };
  const stopping = { ...ampleBudget, stopping: process.signal };

  await processBatch({ ...deps, readSize }, works.slice(0, 1), stopping);

  expect([calls(), claims.claims.size]).toEqual([0, 0]);
  expect(parsed(deferrals.sent[0]?.text ?? '')).toMatchObject({ parkedBecause: ['STOPPING'] });
});

it('parks a photo whose storage is away, and goes on with the rest', async () => {
  const { deps, photos, deferrals, outcomes } = withPhotos(scratch);
  const away = new PipelineError('STORE_UNAVAILABLE', 'x', { operation: 'open', path: 'b' });
  const flaky = {
    ...photos,
    open: (...call: Parameters<typeof photos.open>) =>
      call[0].blobName === 'b.jpg' ? Promise.reject(away) : photos.open(...call),
  };

  const fates = await processBatch({ ...deps, photos: flaky }, works, ampleBudget);

  const failure = { class: 'transient', code: 'STORE_UNAVAILABLE', detail: 'x' };
  expect(fates).toContainEqual(expect.objectContaining({ kind: 'waiting', failure }));
  expect(outcomes.documents.size).toBe(2);
  expect(parsed(deferrals.sent[0]?.text ?? '').photos).toHaveLength(1);
});

it('announces a stored outcome later when the hub was away', async () => {
  const { deps, deferrals, outcomes, events, calls } = withPhotos(scratch);
  const away = new PipelineError('EVENTS_UNAVAILABLE', 'x', { hub: 'predictions' });
  const mute = { ...events, publish: () => Promise.reject(away) };

  await processBatch({ ...deps, events: mute }, works.slice(0, 1), ampleBudget);
  await drainDeferred(deps, JSON.parse(deferrals.sent[0]?.text ?? ''), ampleBudget);

  expect(calls()).toBe(1);
  expect(outcomes.documents.size).toBe(1);
  expect(events.published).toHaveLength(1);
});

it('throws to the host only when parking itself failed', async () => {
  const { deps } = withPhotos(throttled());
  const away = new PipelineError('QUEUE_UNAVAILABLE', 'x', { operation: 'park', queue: 'q' });
  const deferrals = { ...deps.deferrals, send: () => Promise.reject(away) };

  const batch = processBatch({ ...deps, deferrals }, works, ampleBudget);

  await expect(batch).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE', retryable: true });
});

it('lets a parked photo wait longer each time it comes back throttled', async () => {
  const { deps, deferrals } = withPhotos(throttled());

  await processBatch(deps, works.slice(0, 1), ampleBudget);
  for (const _ of [1, 2]) {
    const latest = deferrals.sent.at(-1)?.text ?? '';
    await drainDeferred(deps, JSON.parse(latest), ampleBudget);
  }

  expect(deferrals.sent.map(({ delayMs }) => delayMs)).toEqual([500, 1_000, 2_000]);
  expect(parsed(deferrals.sent[2]?.text ?? '').photos[0]?.deferralCount).toBe(3);
});

it('keeps a parked photo to its version: overwritten meanwhile, that version is turned away', async () => {
  const { deps, photos, deferrals, passTime, outcomes } = withPhotos(throttled());
  await processBatch(deps, works.slice(0, 1), ampleBudget);
  passTime(24 * 3_600_000);
  photos.upload({ ...photoRef, blobName: 'a.jpg' }, { bytes: await goodPhoto(0.9) });

  const fates = await drainDeferred(deps, JSON.parse(deferrals.sent[0]?.text ?? ''), endlessBudget);

  expect(fates).toMatchObject([{ document: { rejection: { reason: 'photo-overwritten' } } }]);
  expect([...outcomes.documents.keys()][0]).toMatch(/^parts\/2026-11-24\//);
});

it('refuses a deferred message that is not ours, so that the host keeps it in the poison queue', async () => {
  const { deps } = withPhotos(scratch);

  const drained = drainDeferred(deps, { photos: 'none' }, ampleBudget);

  await expect(drained).rejects.toMatchObject({ code: 'DOCUMENT_INVALID' });
});

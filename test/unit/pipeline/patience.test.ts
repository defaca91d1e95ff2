/** What is waited for: a writer that fills its photo later, storage that is away for seconds. */
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../../shared/errors.ts';
import { processBatch } from '../../../shared/pipeline/processBatch.ts';
import { processPhoto } from '../../../shared/pipeline/processPhoto.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import {
  endlessBudget,
  photoRef,
  pipelineAnswering,
  scratch,
  startMs,
  throttled,
  uploadOf,
} from '../../helpers/pipeline.ts';

const jpeg = await goodPhoto();

describe('a photo without content', () => {
  const empty = Buffer.alloc(0);

  it('is looked at once more before it is turned away', async () => {
    const { deps, photos, deferrals, outcomes } = pipelineAnswering(scratch);
    photos.upload(photoRef, { bytes: empty });

    await processBatch(deps, [uploadOf(photoRef)], endlessBudget);
    const parked = outcomes.documents.size;
    const again = await processPhoto(deps, uploadOf(photoRef, { deferralCount: 1 }), endlessBudget);

    expect(deferrals.sent.map(({ delayMs }) => delayMs)).toEqual([11_000]);
    expect(parked).toBe(0);
    expect(again).toMatchObject({ document: { rejection: { reason: 'photo-empty' } } });
  });

  it('has one outcome and one payment when its writer fills it after creating it', async () => {
    const { deps, photos, deferrals, outcomes, calls } = pipelineAnswering(scratch);
    photos.upload(photoRef, { bytes: empty });
    await processBatch(deps, [uploadOf(photoRef)], endlessBudget);
    photos.upload(photoRef, { bytes: jpeg });
    await processBatch(deps, [uploadOf(photoRef)], endlessBudget);

    const [message] = deferrals.sent;
    const parked = JSON.parse(message?.text ?? '').photos[0];
    const late = await processPhoto(deps, parked, endlessBudget);

    expect(late).toMatchObject({ isNew: false, document: { outcome: 'predicted' } });
    expect([outcomes.documents.size, calls()]).toEqual([1, 1]);
  });
});

it('keeps a paid result in memory while storage is away for seconds', async () => {
  const { deps, photos, outcomes, calls } = pipelineAnswering(scratch, throttled());
  photos.upload(photoRef, { bytes: jpeg });
  const until = startMs + 3_000;

  const away = new PipelineError('STORE_UNAVAILABLE', 'x', { operation: 'x', path: 'x' });
  const store = {
    ...deps.outcomes,
    record: (...call: Parameters<typeof deps.outcomes.record>) =>
      deps.clock.nowMs() < until ? Promise.reject(away) : deps.outcomes.record(...call),
  };

  const fate = await processPhoto({ ...deps, outcomes: store }, uploadOf(photoRef), endlessBudget);

  expect(fate).toMatchObject({ kind: 'settled', isNew: true });
  expect([outcomes.documents.size, calls()]).toEqual([1, 1]);
});

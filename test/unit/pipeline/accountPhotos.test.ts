import { expect, it } from 'vitest';
import { memoryCursorStore } from '../../../shared/adapters/memory/memoryLedger.ts';
import { memoryTelemetry } from '../../../shared/adapters/memory/memoryTelemetry.ts';
import { accountPhotos } from '../../../shared/pipeline/accountPhotos.ts';
import { processBatch } from '../../../shared/pipeline/processBatch.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import {
  ampleBudget,
  photoRef,
  pipelineAnswering,
  scratch,
  uploadOf,
} from '../../helpers/pipeline.ts';

const options = {
  container: 'photos',
  changedSinceMs: 0,
  changedUntilMs: Number.POSITIVE_INFINITY,
};

it('tells how many photos are in which state once a round is whole, whatever walks it takes', async () => {
  const { deps, photos } = pipelineAnswering(scratch);
  const telemetry = memoryTelemetry();
  const bytes = await goodPhoto();
  for (const blobName of ['a.jpg', 'b.jpg', 'c.jpg'])
    photos.upload({ ...photoRef, blobName }, { bytes });
  await processBatch(deps, [uploadOf(photoRef)], ampleBudget);
  // One photo a page, and time for one page.
  const list: typeof photos.list = (page, signal) => photos.list({ ...page, pageCount: 1 }, signal);
  const telling = { ...deps, telemetry, photos: { ...deps.photos, list } };
  const brief = { ...ampleBudget, startUntilMs: 0 };
  const cursors = memoryCursorStore();

  await accountPhotos(telling, cursors, options, brief);
  await accountPhotos(telling, cursors, options, brief);
  expect(telemetry.metrics).toEqual([]);
  await accountPhotos(telling, cursors, options, brief);

  const told = telemetry.metrics.map(({ value, dimensions }) => [dimensions['photoState'], value]);
  expect(Object.fromEntries(told)).toEqual({
    done: 1,
    missing: 2,
    review: 0,
    deferred: 0,
    rejected: 0,
    dead: 0,
    unreadable: 0,
  });

  await accountPhotos(telling, cursors, options, ampleBudget);
  const again = telemetry.metrics.slice(told.length).map(({ value }) => value);
  expect(again.reduce((sum, value) => sum + value, 0)).toBe(3);
});

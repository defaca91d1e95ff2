/** When work on a photo is given up, and when never. */
import { describe, expect, it } from 'vitest';
import { processPhoto } from '../../../shared/pipeline/processPhoto.ts';
import {
  settlePoisonedMessage,
  settlePoisonedUpload,
} from '../../../shared/pipeline/settlePoison.ts';
import type { Failure } from '../../../shared/prediction/failure.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import {
  endlessBudget,
  failed,
  photoRef,
  pipelineAnswering,
  scratch,
  uploadOf,
} from '../../helpers/pipeline.ts';

const jpeg = await goodPhoto();
const dayMs = 24 * 3_600_000;
const error500 = {
  class: 'transient',
  code: 'HTTP_500',
  detail: 'answered 500',
  httpStatus: 500,
} as const;
const isUpload = (container: string, blobName: string) =>
  container === 'photos' && !blobName.startsWith('inline/');

function withPhoto(...answers: Parameters<typeof failed>[0][]) {
  const pipeline = pipelineAnswering(...answers.map((failure) => failed(failure)));
  pipeline.photos.upload(photoRef, { bytes: jpeg });
  return pipeline;
}

describe('the budgets of a photo', () => {
  it('counts a 500 about this photo and waits, while its day is not over', async () => {
    const { deps, passTime } = withPhoto(error500);
    passTime(dayMs - 1);

    const fate = await processPhoto(deps, uploadOf(photoRef), endlessBudget);

    expect(fate).toMatchObject({ kind: 'waiting', work: { ownFailureCount: 1 } });
  });

  it('gives a photo up that still fails by itself a day after it was first seen', async () => {
    const { deps, passTime, events, claims } = withPhoto(error500);
    passTime(dayMs);

    const fate = await processPhoto(deps, uploadOf(photoRef), endlessBudget);

    expect(fate).toMatchObject({
      kind: 'settled',
      document: {
        outcome: 'dead',
        photo: { blobName: 'a.jpg', sha256: expect.any(String) },
        death: { reason: 'age-budget-spent', detail: 'HTTP_500: answered 500' },
      },
    });
    expect(events.published).toMatchObject([
      { type: 'io.sightglass.prediction.dead.v1', data: { death: { reason: 'age-budget-spent' } } },
    ]);
    expect(claims.claims.size).toBe(0);
  });

  it('gives a photo up whose own failures are too many', async () => {
    const { deps } = withPhoto(error500);

    const fate = await processPhoto(
      deps,
      uploadOf(photoRef, { ownFailureCount: 99 }),
      endlessBudget,
    );

    expect(fate).toMatchObject({ document: { death: { reason: 'attempt-budget-spent' } } });
  });

  const endpoints: readonly Failure[] = [
    { class: 'throttled', code: 'HTTP_429', detail: 'x' },
    { class: 'quotaExhausted', code: 'Quota', detail: 'x' },
    { class: 'misconfigured', code: 'HTTP_401', detail: 'x', httpStatus: 401 },
    { class: 'transient', code: 'HTTP_503', detail: 'x', httpStatus: 503 },
    { class: 'transient', code: 'TIMEOUT', detail: 'x' },
  ];

  it.each(endpoints)('waits on after a month while the endpoint answers $code', async (failure) => {
    const { deps, passTime, outcomes } = withPhoto(failure);
    passTime(30 * dayMs);

    const work = uploadOf(photoRef, { deferralCount: 5_000 });
    const fate = await processPhoto(deps, work, endlessBudget);

    expect(fate).toMatchObject({ kind: 'waiting', failure: { code: failure.code } });
    expect(outcomes.documents.size).toBe(0);
  });

  it('gives a photo up, unpaid, once ten processes have ended while at work on it', async () => {
    const { deps, calls } = withPhoto(error500);

    const nine = await processPhoto(deps, uploadOf(photoRef, { crashCount: 9 }), endlessBudget);
    const ten = await processPhoto(deps, uploadOf(photoRef, { crashCount: 10 }), endlessBudget);

    expect(nine).toMatchObject({ kind: 'waiting' });
    expect(ten).toMatchObject({ document: { death: { reason: 'crashed-repeatedly' } } });
    expect(calls()).toBe(1);
  });

  it('tries once more after an error nobody foresaw, then gives the photo up', async () => {
    const { deps, claims } = withPhoto();
    const broken = {
      ...deps,
      readSize: () => {
        throw new TypeError('sig=secret is not a function');
      },
    };

    const first = await processPhoto(broken, uploadOf(photoRef), endlessBudget);
    const work = first.kind === 'waiting' ? first.work : uploadOf(photoRef);
    const second = await processPhoto(broken, work, endlessBudget);

    expect(first).toMatchObject({ kind: 'waiting', failure: { code: 'UNEXPECTED' } });
    expect(second).toMatchObject({
      document: {
        death: { reason: 'unexpected-error', detail: 'sig=[redacted] is not a function' },
        wanted: { blobName: 'a.jpg' },
      },
    });
    expect(claims.claims.size).toBe(0);
  });
});

it('makes an outcome of its own for a replayed photo, beside the dead one', async () => {
  const { deps, outcomes } = pipelineAnswering(failed(error500), scratch);
  await deps.photos.put(
    photoRef,
    { bytes: jpeg, contentType: 'image/jpeg', context: {} },
    endlessBudget.signal,
  );
  await processPhoto(deps, uploadOf(photoRef, { ownFailureCount: 99 }), endlessBudget);

  const fate = await processPhoto(deps, uploadOf(photoRef, { replayCount: 1 }), endlessBudget);

  expect(fate).toMatchObject({ isNew: true, document: { outcome: 'predicted' } });
  expect(outcomes.documents.size).toBe(2);
});

describe('a poisoned message', () => {
  const message = (...blobNames: readonly string[]) => ({
    messageVersion: 1,
    parkedBecause: ['HTTP_429'],
    photos: blobNames.map((blobName) => uploadOf({ ...photoRef, blobName }, { deferralCount: 1 })),
  });

  it('ends each of its photos as dead, with why it was parked', async () => {
    const { deps, events, calls } = withPhoto(error500);

    const fates = await settlePoisonedMessage(deps, message('a.jpg'), endlessBudget);

    const detail = 'parked because of HTTP_429';
    expect(fates).toMatchObject([{ document: { death: { reason: 'message-poisoned', detail } } }]);
    expect(events.published).toHaveLength(1);
    expect(calls()).toBe(0);
  });

  it('leaves a photo alone that has its outcome, and turns away one that is gone', async () => {
    const { deps, photos, outcomes } = pipelineAnswering(scratch);
    photos.upload(photoRef, { bytes: jpeg });
    await processPhoto(deps, uploadOf(photoRef), endlessBudget);

    const fates = await settlePoisonedMessage(deps, message('a.jpg', 'gone.jpg'), endlessBudget);

    expect(fates).toMatchObject([
      { isNew: false, document: { outcome: 'predicted' } },
      { document: { rejection: { reason: 'photo-missing' }, wanted: { blobName: 'gone.jpg' } } },
    ]);
    expect(outcomes.documents.size).toBe(2);
  });

  it('parks a photo that somebody is at work on', async () => {
    const { deps, deferrals, claims, outcomes } = withPhoto(error500);
    const work = uploadOf(photoRef);
    const predictor = {
      ...deps.predictor,
      predict: async () => {
        await settlePoisonedMessage(deps, message('a.jpg'), endlessBudget);
        return scratch;
      },
    };

    await processPhoto({ ...deps, predictor }, work, endlessBudget);

    expect(deferrals.sent).toHaveLength(1);
    expect([...outcomes.documents.values()]).toMatchObject([{ outcome: 'predicted' }]);
    expect(claims.claims.size).toBe(0);
  });

  it.each([
    ['text', 'AccountKey=secret;x'],
    ['JSON', { photos: 'none', of: 'ours' }],
  ])(
    'makes one outcome of a foreign message of %s, however often it comes',
    async (_kind, foreign) => {
      const { deps, outcomes, passTime, events } = pipelineAnswering(scratch);

      await settlePoisonedMessage(deps, foreign, endlessBudget);
      passTime(3 * dayMs);
      await settlePoisonedMessage(deps, foreign, endlessBudget);

      const documents = [...outcomes.documents.values()];
      expect(documents).toMatchObject([
        { outcome: 'dead', death: { reason: 'message-not-ours' }, source: { trigger: 'unknown' } },
      ]);
      expect(JSON.stringify(documents)).not.toContain('secret');
      expect(new Set(events.published.map(({ id }) => id)).size).toBe(1);
    },
  );
});

describe('a poisoned upload event', () => {
  const event = {
    FunctionId: 'f',
    BlobType: 'BlockBlob',
    ContainerName: 'photos',
    BlobName: 'a.jpg',
  };

  it('ends the version it names as dead', async () => {
    const { deps, photos } = pipelineAnswering(scratch);
    const etag = photos.upload(photoRef, { bytes: jpeg });

    const named = { ...event, ETag: `"${etag}"` };
    const fates = await settlePoisonedUpload(deps, named, isUpload, endlessBudget);

    expect(fates).toMatchObject([
      { document: { photo: { etag }, death: { reason: 'upload-event-poisoned' } } },
    ]);
  });

  it('is nothing to us where it is about another container or an inline photo', async () => {
    const { deps, outcomes } = pipelineAnswering(scratch);

    const foreign = { ...event, ContainerName: 'other' };
    const inline = { ...event, BlobName: 'inline/x' };
    for (const one of [foreign, inline]) {
      expect(await settlePoisonedUpload(deps, one, isUpload, endlessBudget)).toEqual([]);
    }

    expect(outcomes.documents.size).toBe(0);
  });
});

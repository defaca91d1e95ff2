import { describe, expect, it } from 'vitest';
import { memoryTelemetry } from '../../../shared/adapters/memory/memoryTelemetry.ts';
import { processPhoto } from '../../../shared/pipeline/processPhoto.ts';
import { badPhotos, goodPhoto } from '../../helpers/badPhotos.ts';
import {
  ampleBudget,
  failed,
  model,
  photoRef,
  pipelineAnswering,
  predicted,
  scratch,
  startMs,
  throttled,
  uploadOf,
} from '../../helpers/pipeline.ts';

const jpeg = await goodPhoto();
const badAnswer = failed({
  class: 'transient',
  code: 'answer-null',
  detail: 'null',
  rejectAs: 'answer-null',
});

it('stores one document and publishes one event that points to it', async () => {
  const tags = [
    { tag: 'ok', confidence: 0.2 },
    { tag: 'scratch', confidence: 0.8 },
  ];
  const { deps, photos, outcomes, events } = pipelineAnswering(predicted(...tags));
  const etag = photos.upload(photoRef, { bytes: jpeg, context: { site: 'leipzig' } });

  const fate = await processPhoto(deps, uploadOf(photoRef), ampleBudget);

  expect(fate).toMatchObject({ kind: 'settled', isNew: true });
  const [[blobName, document] = []] = [...outcomes.documents];
  expect(document).toMatchObject({
    outcome: 'predicted',
    photo: { ...photoRef, etag, format: 'jpeg', widthPx: 320, heightPx: 240 },
    source: { trigger: 'upload', site: 'leipzig' },
    model: { publishedName: 'parts', iterationId: 'it-1' },
    decision: { tag: 'scratch', confidence: 0.8, thresholdConfidence: 0.7, isUncertain: false },
    settledAt: '2026-11-24T10:00:00.000Z',
  });
  expect(blobName).toBe(`parts/2026-11-24/${document?.outcomeKey}.json`);
  expect(events.published).toMatchObject([
    {
      id: document?.outcomeKey,
      type: 'io.sightglass.prediction.completed.v1',
      subject: 'photos/a.jpg',
      data: { document: { account: 'acme', container: 'results', blobName } },
    },
  ]);
});

it('orders the tags by confidence and calls the decision uncertain below the threshold', async () => {
  const tags = [
    { tag: 'ok', confidence: 0.31 },
    { tag: 'scratch', confidence: 0.69 },
  ];
  const { deps, photos } = pipelineAnswering(predicted(...tags));
  photos.upload(photoRef, { bytes: jpeg });

  const fate = await processPhoto(deps, uploadOf(photoRef), ampleBudget);

  expect(fate).toMatchObject({ document: { decision: { tag: 'scratch', isUncertain: true } } });
});

it.each([
  ['it-2', { iterationId: 'it-1', expectedIterationId: 'it-2' }],
  ['it-1', { iterationId: 'it-1' }],
  [undefined, { iterationId: 'it-1' }],
])('keeps which iteration was meant where another one answered (%s was)', async (meant, kept) => {
  const pipeline = pipelineAnswering(scratch);
  pipeline.photos.upload(photoRef, { bytes: jpeg });
  const telemetry = memoryTelemetry();
  const deps = { ...pipeline.deps, telemetry, expectedIterationId: meant };

  await processPhoto(deps, uploadOf(photoRef), ampleBudget);

  const [document] = pipeline.outcomes.documents.values();
  expect(document?.model).toEqual({ ...model, ...kept });
  expect(pipeline.events.published[0]?.data.model).toEqual({ ...model, ...kept });
  const { expectedIterationId } = { expectedIterationId: undefined, ...kept };
  expect(telemetry.events[0]?.properties).toMatchObject({ expectedIterationId });
});

it('does not pay again for a duplicate, and announces the same outcome under the same id', async () => {
  const { deps, photos, outcomes, events, calls } = pipelineAnswering(scratch);
  photos.upload(photoRef, { bytes: jpeg });

  await processPhoto(deps, uploadOf(photoRef), ampleBudget);
  const again = await processPhoto(deps, uploadOf(photoRef), ampleBudget);

  expect(again).toMatchObject({ kind: 'settled', isNew: false });
  expect(calls()).toBe(1);
  expect(outcomes.documents.size).toBe(1);
  expect(new Set(events.published.map(({ id }) => id)).size).toBe(1);
});

it('gives a new version of a photo an outcome of its own', async () => {
  const { deps, photos, outcomes } = pipelineAnswering(scratch);

  for (const tone of [0.1, 0.9]) {
    photos.upload(photoRef, { bytes: await goodPhoto(tone) });
    await processPhoto(deps, uploadOf(photoRef), ampleBudget);
  }

  expect(outcomes.documents.size).toBe(2);
});

describe('photos that are turned away', () => {
  it('rejects an unfit photo without paying for a prediction', async () => {
    for (const { bytes, reason } of await badPhotos()) {
      const { deps, photos, calls, events } = pipelineAnswering(scratch);
      photos.upload(photoRef, { bytes });

      const fate = await processPhoto(deps, uploadOf(photoRef, { deferralCount: 1 }), ampleBudget);

      expect(fate).toMatchObject({ document: { outcome: 'rejected', rejection: { reason } } });
      expect(events.published).toHaveLength(1);
      expect(calls()).toBe(0);
    }
  });

  it('rejects a missing photo, an unsafe name and a version that is gone', async () => {
    const { deps, photos } = pipelineAnswering(scratch);
    photos.upload(photoRef, { bytes: jpeg });
    const reasonFor = async (photo: Parameters<typeof uploadOf>[0]) => {
      const fate = await processPhoto(deps, uploadOf(photo), ampleBudget);
      return fate.kind === 'settled' && fate.document.outcome === 'rejected'
        ? fate.document.rejection.reason
        : undefined;
    };

    expect(await reasonFor({ ...photoRef, blobName: 'no.jpg' })).toBe('photo-missing');
    expect(await reasonFor({ ...photoRef, blobName: '../x' })).toBe('name-dot-segment');
    expect(await reasonFor({ ...photoRef, etag: '"0xOLD"' })).toBe('photo-overwritten');
  });

  it.each(['deleted', 'overwritten'] as const)(
    'rejects a photo %s before it is read',
    async (kind) => {
      const { deps, photos } = pipelineAnswering(scratch);
      photos.upload(photoRef, { bytes: jpeg });
      const gone = { ...deps, photos: { ...photos, read: async () => ({ kind }) } };

      const fate = await processPhoto(gone, uploadOf(photoRef), ampleBudget);

      expect(fate).toMatchObject({ document: { rejection: { reason: `photo-${kind}` } } });
    },
  );

  it('rejects what the endpoint calls unfit', async () => {
    const refusal = { class: 'unfit', code: 'BadRequestImageFormat', detail: 'x' } as const;
    const { deps, photos } = pipelineAnswering(
      failed({ ...refusal, reason: 'prediction-refused' }),
    );
    photos.upload(photoRef, { bytes: jpeg });

    const fate = await processPhoto(deps, uploadOf(photoRef), ampleBudget);

    expect(fate).toMatchObject({ document: { rejection: { reason: 'prediction-refused' } } });
  });

  it('tries an unusable answer once more, then rejects with its reason', async () => {
    const { deps, photos } = pipelineAnswering(badAnswer);
    photos.upload(photoRef, { bytes: jpeg });

    const first = await processPhoto(deps, uploadOf(photoRef), ampleBudget);
    const second = await processPhoto(deps, uploadOf(photoRef, { badAnswerCount: 1 }), ampleBudget);

    expect(first).toMatchObject({ kind: 'waiting', work: { badAnswerCount: 1 } });
    expect(second).toMatchObject({ document: { rejection: { reason: 'answer-null' } } });
  });
});

it('leaves a throttled photo waiting, without an outcome or an event', async () => {
  const { deps, photos, outcomes, events } = pipelineAnswering(throttled(2_000));
  photos.upload(photoRef, { bytes: jpeg });

  const fate = await processPhoto(deps, uploadOf(photoRef), ampleBudget);

  expect(fate).toMatchObject({ kind: 'waiting', failure: { class: 'throttled' } });
  expect(outcomes.documents.size).toBe(0);
  expect(events.published).toHaveLength(0);
});

it('counts the time from when the photo was first seen', async () => {
  const { deps, photos, passTime } = pipelineAnswering(scratch);
  photos.upload(photoRef, { bytes: jpeg });
  passTime(3_000);

  const work = uploadOf(photoRef, { firstSeenAtMs: startMs, deferralCount: 2 });
  const fate = await processPhoto(deps, work, ampleBudget);

  expect(fate).toMatchObject({
    document: { timings: { totalMs: 3_000 }, attempts: { deferralCount: 2 } },
  });
});

it('takes a quoted ETag for the version it names', async () => {
  const { deps, photos } = pipelineAnswering(scratch);
  const etag = photos.upload(photoRef, { bytes: jpeg });

  const fate = await processPhoto(deps, uploadOf({ ...photoRef, etag: `"${etag}"` }), ampleBudget);

  expect(fate).toMatchObject({ document: { outcome: 'predicted' } });
});

it('believes the event before the blob’s metadata, which fills its gaps', async () => {
  const { deps, photos } = pipelineAnswering(scratch);
  photos.upload(photoRef, { bytes: jpeg, context: { site: 'stored', batch: 'stored' } });
  const source = { trigger: 'capture', context: { site: 'said', batch: undefined } } as const;

  const fate = await processPhoto(deps, uploadOf(photoRef, { source }), ampleBudget);

  expect(fate).toMatchObject({ document: { source: { site: 'said', batch: 'stored' } } });
});

it('writes timings as milliseconds of one decimal, never below zero', async () => {
  const { deps, photos, passTime } = pipelineAnswering(scratch);
  photos.upload(photoRef, { bytes: jpeg });
  const predictor = {
    ...deps.predictor,
    predict: async () => {
      passTime(12.3456);
      return scratch;
    },
  };
  const work = uploadOf(photoRef, { firstSeenAtMs: startMs + 5_000 });

  const fate = await processPhoto({ ...deps, predictor }, work, ampleBudget);

  expect(fate).toMatchObject({ document: { timings: { predictMs: 12.3, totalMs: 0, openMs: 0 } } });
});

it('publishes the outcome that was there first when two tries end at once', async () => {
  const { deps, photos, outcomes, events, passTime } = pipelineAnswering(scratch);
  photos.upload(photoRef, { bytes: jpeg });
  const blind = { ...deps, outcomes: { ...outcomes, find: async () => undefined } };

  await processPhoto(blind, uploadOf(photoRef), ampleBudget);
  passTime(1_000);
  const late = await processPhoto(blind, uploadOf(photoRef), ampleBudget);

  expect(late).toMatchObject({
    kind: 'settled',
    isNew: false,
    document: { settledAt: '2026-11-24T10:00:00.000Z' },
  });
  expect(outcomes.documents.size).toBe(1);
  expect(new Set(events.published.map(({ id }) => id)).size).toBe(1);
});

import { describe, expect, it } from 'vitest';
import { deferredMessageSchema } from '../../../shared/deferral/deferredPhoto.ts';
import { PipelineError } from '../../../shared/errors.ts';
import { drainDeferred } from '../../../shared/pipeline/drainDeferred.ts';
import { processBatch } from '../../../shared/pipeline/processBatch.ts';
import { processPhoto } from '../../../shared/pipeline/processPhoto.ts';
import { reconcilePhotos } from '../../../shared/pipeline/reconcilePhotos.ts';
import { replayPhoto } from '../../../shared/pipeline/replayPhoto.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import {
  endlessBudget,
  failed,
  photoRef,
  pipelineAnswering,
  predicted,
  scratch,
  startMs,
  throttled,
  uploadOf,
} from '../../helpers/pipeline.ts';

const jpeg = await goodPhoto();
const hourMs = 3_600_000;
const error500 = failed({ class: 'transient', code: 'HTTP_500', detail: 'x', httpStatus: 500 });

type Pipeline = ReturnType<typeof pipelineAnswering>;

function reconcile(
  { deps }: Pipeline,
  change: Partial<Parameters<typeof reconcilePhotos>[1]> = {},
) {
  const nowMs = deps.clock.nowMs();
  const window = { changedSinceMs: nowMs - 48 * hourMs, changedUntilMs: nowMs - hourMs };
  const options = {
    container: 'photos',
    ...window,
    requeueing: { because: 'RECONCILED' },
    ...change,
  };
  return reconcilePhotos(deps, options, endlessBudget);
}

function upload({ photos }: Pipeline, ...blobNames: readonly string[]) {
  for (const blobName of blobNames) photos.upload({ ...photoRef, blobName }, { bytes: jpeg });
}

function work(blobName: string, change = {}) {
  return uploadOf({ ...photoRef, blobName }, change);
}

it('gives each photo the one state it is in', async () => {
  const unsure = predicted({ tag: 'scratch', confidence: 0.3 });
  const pipeline = pipelineAnswering(scratch, unsure, throttled(), error500);
  upload(pipeline, 'done', 'review', 'parked', 'dead');
  pipeline.photos.upload({ ...photoRef, blobName: 'rejected' }, { bytes: Buffer.from('<html>') });
  for (const name of ['done', 'review'])
    await processPhoto(pipeline.deps, work(name), endlessBudget);
  await processBatch(pipeline.deps, [work('parked')], endlessBudget);
  for (const name of ['dead', 'rejected']) {
    await processPhoto(pipeline.deps, work(name, { ownFailureCount: 99 }), endlessBudget);
  }
  const states: Record<string, string> = {};

  const { counts } = await reconcile(pipeline, {
    onPhoto: ({ version, state }) => {
      states[version.blobName] = state;
    },
  });

  expect(counts).toEqual({ done: 1, review: 1, deferred: 1, rejected: 1, dead: 1 });
  const parked = { parked: 'deferred' };
  expect(states).toEqual({
    done: 'done',
    review: 'review',
    dead: 'dead',
    rejected: 'rejected',
    ...parked,
  });
});

it('requeues what no event ever brought, which is then settled, and only once', async () => {
  const pipeline = pipelineAnswering(scratch);
  const { deps, deferrals, outcomes, passTime } = pipeline;
  upload(pipeline, 'a', 'b', 'inline/c');
  passTime(hourMs);

  const first = await reconcile(pipeline);
  const second = await reconcile(pipeline);

  expect(first).toMatchObject({ missingCount: 3, missing: ['a', 'b', 'inline/c'] });
  expect(second).toMatchObject({ missingCount: 0, counts: { deferred: 3 } });
  expect(deferrals.sent).toHaveLength(1);
  const message: unknown = JSON.parse(deferrals.sent[0]?.text ?? '');
  expect(deferredMessageSchema.parse(message)).toMatchObject({
    parkedBecause: ['RECONCILED'],
    photos: [
      { source: { trigger: 'upload' } },
      { source: { trigger: 'upload' } },
      { source: { trigger: 'capture' } },
    ],
  });
  await drainDeferred(deps, message, endlessBudget);
  expect(outcomes.documents.size).toBe(3);
  expect((await reconcile(pipeline)).counts.done).toBe(3);
});

describe('what is not missing', () => {
  it('is a photo whose event may still be under way', async () => {
    const pipeline = pipelineAnswering(scratch);
    upload(pipeline, 'a');
    pipeline.passTime(hourMs - 1);

    expect(await reconcile(pipeline)).toMatchObject({ missingCount: 0, counts: { deferred: 1 } });
  });

  it('is a photo from before the window, which is not even counted', async () => {
    const pipeline = pipelineAnswering(scratch);
    upload(pipeline, 'a');
    pipeline.passTime(48 * hourMs + 1);

    const { counts, missingCount } = await reconcile(pipeline);

    expect([missingCount, ...Object.values(counts)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('is a parked photo, until two hours after it was to come back', async () => {
    const pipeline = pipelineAnswering(throttled(10 * hourMs));
    upload(pipeline, 'a');
    await processBatch(pipeline.deps, [work('a')], endlessBudget);

    pipeline.passTime(12 * hourMs);
    const late = await reconcile(pipeline);
    pipeline.passTime(500);
    const lost = await reconcile(pipeline, { requeueing: undefined });

    expect([late.missingCount, lost.missingCount]).toEqual([0, 1]);
    expect(pipeline.deferrals.sent).toHaveLength(1);
  });

  it('is a photo with a claim, however old: the sweep sees to that', async () => {
    const pipeline = pipelineAnswering(scratch);
    upload(pipeline, 'a');
    const claims = { ...pipeline.claims, release: () => Promise.reject(new Error('crash')) };
    const outcomes = { ...pipeline.outcomes, record: () => Promise.reject(new Error('crash')) };
    await processPhoto({ ...pipeline.deps, claims, outcomes }, work('a'), endlessBudget).catch(
      () => {},
    );
    pipeline.passTime(5 * hourMs);

    expect(await reconcile(pipeline)).toMatchObject({ missingCount: 0, counts: { deferred: 1 } });
  });
});

it('walks over more photos than it holds in memory, and goes on where time ran out', async () => {
  const pipeline = pipelineAnswering(scratch);
  upload(pipeline, ...Array.from({ length: 1_200 }, (_, index) => `${index}`.padStart(4, '0')));
  pipeline.passTime(hourMs);
  const { deps } = pipeline;
  const seen: string[] = [];
  const options = {
    container: 'photos',
    changedSinceMs: startMs,
    changedUntilMs: deps.clock.nowMs(),
    onPhoto: ({ version }: { version: { blobName: string } }) => void seen.push(version.blobName),
  };

  const first = await reconcilePhotos(deps, options, { ...endlessBudget, startUntilMs: startMs });
  const { continuation } = first;
  const rest = await reconcilePhotos(deps, { ...options, continuation }, endlessBudget);

  expect(first).toMatchObject({ missingCount: 500, continuation: '0499' });
  expect(rest).toMatchObject({ missingCount: 700, continuation: undefined });
  expect(new Set(seen).size).toBe(1_200);
});

it('looks at the other photos when the ledger of one can not be read, and names it', async () => {
  const pipeline = pipelineAnswering(scratch);
  upload(pipeline, 'a', 'b');
  const invalid = new PipelineError('DOCUMENT_INVALID', 'odd', { path: 'p', problems: [] });
  let count = 0;
  const entries = {
    ...pipeline.entries,
    find: (...call: Parameters<typeof pipeline.entries.find>) => {
      count += 1;
      return count === 1 ? Promise.reject(invalid) : pipeline.entries.find(...call);
    },
  };
  const deps = { ...pipeline.deps, entries };

  const { counts, problems } = await reconcile({ ...pipeline, deps });

  expect(problems).toEqual(['a: DOCUMENT_INVALID: odd']);
  expect(counts.deferred).toBe(1);
});

describe('a replay', () => {
  it('puts a dead photo to work again, and its state follows the new outcome', async () => {
    const pipeline = pipelineAnswering(error500, scratch);
    const { deps, photos, deferrals } = pipeline;
    upload(pipeline, 'a');
    await processPhoto(deps, work('a', { ownFailureCount: 99 }), endlessBudget);
    const opened = await photos.open({ ...photoRef, blobName: 'a' }, endlessBudget.signal);
    const version = opened.kind === 'found' ? opened.version : undefined;
    if (!version) throw new Error('the photo is not there');

    const before = await replayPhoto(deps, version, endlessBudget.signal);
    const meanwhile = await replayPhoto(deps, version, endlessBudget.signal);
    await drainDeferred(deps, JSON.parse(deferrals.sent[0]?.text ?? ''), endlessBudget);
    const after = await replayPhoto(deps, version, endlessBudget.signal);

    expect([before, meanwhile, after]).toEqual(['dead', 'deferred', 'done']);
    expect(deferrals.sent).toHaveLength(1);
    expect((await reconcile(pipeline)).counts).toMatchObject({ done: 1, dead: 0 });
  });
});

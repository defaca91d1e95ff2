/** What a newer version of the app has written, with fields that this one does not know: kept. */
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { blobClaimStore } from '../../../shared/adapters/blob/claimStore.ts';
import { blobEntryStore } from '../../../shared/adapters/blob/entryStore.ts';
import { blobOutcomeStore } from '../../../shared/adapters/blob/outcomeStore.ts';
import { blobQuotaStore } from '../../../shared/adapters/blob/quotaStore.ts';
import { memoryQuotaStore } from '../../../shared/adapters/memory/memoryQuotaStore.ts';
import { photoOutcomeKey } from '../../../shared/ledger/outcomeKey.ts';
import { drainDeferred } from '../../../shared/pipeline/drainDeferred.ts';
import { processBatch } from '../../../shared/pipeline/processBatch.ts';
import { sweepLedger } from '../../../shared/pipeline/sweepLedger.ts';
import type { PredictionAnswer } from '../../../shared/prediction/predictor.ts';
import { setPause } from '../../../shared/quota/pause.ts';
import { writeState } from '../../../shared/quota/quotaState.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import {
  ampleBudget,
  endlessBudget,
  model,
  photoRef,
  pipelineAnswering,
  scratch,
  startMs,
  throttled,
  uploadOf,
} from '../../helpers/pipeline.ts';
import { even, noonMs, stateWith } from '../../helpers/quota.ts';

const { signal } = ampleBudget;
const jpeg = await goodPhoto();
const added = { colour: 'blue' };
let storage: Storage;
let blobs: BlobServiceClient;
let count = 0;

beforeAll(async () => {
  storage = await startStorage();
  blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
});
afterAll(() => storage.stop());

type Pipeline = ReturnType<typeof pipelineAnswering>;

/** Over stores on storage, whose clock is its own: claims made here are old after a millisecond. */
function onBlobs(pipeline: Pipeline): Pipeline['deps'] {
  count += 1;
  const container = (name: string) => blobs.getContainerClient(`${name}-${count}`);
  return {
    ...pipeline.deps,
    claims: blobClaimStore(container('claims')),
    entries: blobEntryStore(container('entries')),
    outcomes: blobOutcomeStore(container('outcomes')),
  };
}

function newerWork(etag: string) {
  const source = { trigger: 'upload', context: { site: 'north', ...added }, ...added } as const;
  return { ...uploadOf({ ...photoRef, etag, ...added }, { source }), ...added };
}

describe.each([
  ['memory', ({ deps }: Pipeline) => deps],
  ['Azure Blob', onBlobs],
])('fields of a newer version, in stores of %s,', (_name, depsOf) => {
  /** A photo, its key, and the place of its outcome. */
  function photoMeeting(...answers: readonly PredictionAnswer[]) {
    const pipeline = pipelineAnswering(...answers);
    const etag = pipeline.photos.upload(photoRef, { bytes: jpeg });
    const outcomeKey = photoOutcomeKey(photoRef, etag, model);
    const deps = { ...depsOf(pipeline), claimTtlMs: 1 };
    const blobName = `parts/2026-11-24/${outcomeKey}.json`;
    const claim = { outcomeKey, owner: 'newer', ttlMs: 1, work: newerWork(etag), ...added };
    return { ...pipeline, deps, etag, outcomeKey, blobName, claim };
  }

  it('stay in the entry of a photo that is parked again', async () => {
    const { deps, etag, outcomeKey, blobName } = photoMeeting(throttled());
    await deps.entries.enter(outcomeKey, { blobName, ...added }, signal);

    await processBatch(deps, [newerWork(etag)], endlessBudget);

    const entry = (await deps.entries.find(outcomeKey, signal))?.entry;
    expect(entry).toMatchObject({ blobName, ...added });
    expect(entry?.parkedUntilMs).toBeGreaterThan(startMs);
  });

  it('stay in the work of an expired claim that is swept and parked, which is then settled', async () => {
    const photo = photoMeeting(throttled(), scratch);
    const { deps, outcomeKey, blobName, claim, deferrals, passTime } = photo;
    await deps.entries.enter(outcomeKey, { blobName, ...added }, signal);
    await deps.claims.take(claim, signal);

    passTime(1);
    await expect
      .poll(async () => (await sweepLedger(deps, endlessBudget)).requeuedCount, { timeout: 10_000 })
      .toBe(1);
    for (const sentCount of [1, 2]) {
      expect(deferrals.sent).toHaveLength(sentCount);
      const message = JSON.parse(deferrals.sent.at(-1)?.text ?? '');
      const { photo: wanted, source, ...own } = message.photos[0];
      for (const part of [own, wanted, source, source.context]) expect(part).toMatchObject(added);
      await drainDeferred(deps, { ...message, ...added }, endlessBudget);
    }

    const entry = (await deps.entries.find(outcomeKey, signal))?.entry;
    expect(entry).toMatchObject({ ...added, announcement: 'made' });
    const document = await deps.outcomes.find(blobName, signal);
    expect(document).toMatchObject({ outcome: 'predicted', source: { site: 'north' } });
    // What this version writes itself is in the form it publishes.
    expect(JSON.stringify(document)).not.toContain('blue');
  });

  it('do not keep an outcome from being announced', async () => {
    const { deps, etag, outcomeKey, blobName, claim, events, passTime } = photoMeeting(scratch);
    const made = photoMeeting(scratch);
    await processBatch(made.deps, [newerWork(etag)], endlessBudget);
    const written = await made.deps.outcomes.find(made.blobName, signal);
    if (!written) throw new Error('no outcome');
    await deps.entries.enter(outcomeKey, { blobName, ...added }, signal);
    await deps.outcomes.record(blobName, { ...written, claimOwner: claim.owner, ...added }, signal);
    await deps.claims.take(claim, signal);

    passTime(1);
    await expect
      .poll(async () => (await sweepLedger(deps, endlessBudget)).announcedCount, {
        timeout: 10_000,
      })
      .toBe(1);

    expect(events.published.map(({ id }) => id)).toEqual([outcomeKey]);
    expect(await deps.claims.find(outcomeKey, signal)).toBeUndefined();
  });
});

it.each([
  ['memory', () => memoryQuotaStore(Date.now)],
  ['Azure Blob', () => blobQuotaStore(blobs.getContainerClient('quota'), 'newer.json')],
])('fields of a newer version stay in the quota document of %s', async (_name, make) => {
  const store = make();
  const state = stateWith({ unknown: added });
  await store.compareAndSwap(writeState(state), undefined);

  await setPause(store, 'new key', even, noonMs);

  const { found } = await store.get();
  expect(JSON.parse(found?.text ?? '')).toMatchObject({ pause: 'new key', ...added });
});

/** An outcome that a newer version has written in its own words, at the place that the entry names. */
async function writtenByNewer(words: object) {
  const pipeline = pipelineAnswering(scratch);
  const etag = pipeline.photos.upload(photoRef, { bytes: jpeg });
  const outcomeKey = photoOutcomeKey(photoRef, etag, model);
  const deps = onBlobs(pipeline);
  await deps.entries.enter(outcomeKey, { blobName: 'k.json' }, signal);
  const document = {
    schemaVersion: '1.0',
    outcomeKey,
    source: { trigger: 'drone' },
    model: { ...model, backend: 'newer-backend' },
    attempts: { deferralCount: 0, firstSeenAt: '2026-11-24T10:00:00Z' },
    timings: { totalMs: 1 },
    transforms: [],
    settledAt: '2026-11-24T10:00:00Z',
    claimOwner: 'newer',
    ...words,
  };
  const outcomes = blobs.getContainerClient(deps.outcomes.addressOf('').container);
  await outcomes.create();
  await outcomes.getBlockBlobClient('k.json').uploadData(Buffer.from(JSON.stringify(document)));
  return { ...pipeline, deps, etag, outcomeKey };
}

it.each([
  ['rejected', { rejection: { reason: 'newer-reason', message: 'm' } }],
  ['dead', { death: { reason: 'newer-reason', message: 'm', detail: 'd' } }],
])(
  'an outcome `%s` for a reason that only a newer version knows is an outcome',
  async (outcome, why) => {
    const photo = await writtenByNewer({ outcome, ...why });
    const { deps, etag, outcomeKey, events, deferrals, calls } = photo;

    const [known] = await processBatch(deps, [newerWork(etag)], endlessBudget);
    const claim = { outcomeKey, owner: 'newer', ttlMs: 1, work: newerWork(etag) };
    await deps.claims.take(claim, signal);
    const [finished] = await processBatch(deps, [newerWork(etag)], endlessBudget);

    for (const fate of [known, finished])
      expect(fate).toMatchObject({ kind: 'settled', isNew: false });
    const data = { outcome, ...why, source: { trigger: 'drone' } };
    expect(events.published).toMatchObject([{ id: outcomeKey, data }]);
    expect([deferrals.sent.length, calls()]).toEqual([0, 0]);
  },
);

it('waits where there is an outcome of a kind that only a newer version knows', async () => {
  const { deps, etag, deferrals, calls } = await writtenByNewer({ outcome: 'postponed' });

  const [fate] = await processBatch(deps, [newerWork(etag)], endlessBudget);

  expect(fate).toMatchObject({ kind: 'waiting', failure: { code: 'DOCUMENT_INVALID' } });
  expect([deferrals.sent.length, calls()]).toEqual([1, 0]);
});

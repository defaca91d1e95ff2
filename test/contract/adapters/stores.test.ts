/** Storage in memory and Azure's behave the same towards the pipeline. */
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { blobOutcomeStore } from '../../../shared/adapters/blob/outcomeStore.ts';
import { blobPhotoStore } from '../../../shared/adapters/blob/photoStore.ts';
import {
  memoryOutcomeStore,
  memoryPhotoStore,
} from '../../../shared/adapters/memory/memoryStores.ts';
import { storageDeferralQueue } from '../../../shared/adapters/queue/deferralQueue.ts';
import type { PhotoRef } from '../../../shared/photo/photo.ts';
import { processPhoto } from '../../../shared/pipeline/processPhoto.ts';
import type { ResultDocument } from '../../../shared/results/resultDocument.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import {
  ampleBudget,
  photoRef,
  pipelineAnswering,
  scratch,
  uploadOf,
} from '../../helpers/pipeline.ts';

const { signal } = ampleBudget;
const jpeg = await goodPhoto();
let storage: Storage;
let blobs: BlobServiceClient;

beforeAll(async () => {
  storage = await startStorage();
  blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
  await blobs.getContainerClient('photos').create();
  await blobs.getContainerClient('results').create();
});
afterAll(() => storage.stop());

function memoryPhotos() {
  const store = memoryPhotoStore('acme', () => 0);
  const upload = async (ref: PhotoRef, bytes: Buffer) => void store.upload(ref, { bytes });
  const remove = async (ref: PhotoRef) => store.delete(ref);
  return { store, upload, remove };
}

function azurePhotos() {
  const store = blobPhotoStore(blobs, 'photos');
  const client = ({ container, blobName }: PhotoRef) =>
    blobs.getContainerClient(container).getBlockBlobClient(blobName);
  const upload = async (ref: PhotoRef, bytes: Buffer) => void (await client(ref).uploadData(bytes));
  const remove = async (ref: PhotoRef) => void (await client(ref).delete());
  return { store, upload, remove };
}

describe.each([
  ['memory', memoryPhotos],
  ['Azure Blob', azurePhotos],
])('a photo store of %s', (_name, make) => {
  const names = [
    'a.jpg',
    '1e5',
    'true',
    '{"a":1}',
    'a%2fb.jpg',
    'Über prüfung/照片 #1?.jpg',
    'x'.repeat(900),
  ];

  it.each(names)('opens and reads the very photo that was uploaded as %j', async (blobName) => {
    const { store, upload } = make();
    const ref = { ...photoRef, account: store.account, blobName };
    await upload(ref, jpeg);

    const opened = await store.open(ref, signal);

    expect(opened).toMatchObject({
      kind: 'found',
      version: { ...ref, contentLengthBytes: jpeg.length, etag: expect.stringMatching(/^[^"]+$/) },
    });
    const body = opened.kind === 'found' ? await store.read(opened.version, signal) : opened;
    expect(body).toEqual({ kind: 'bytes', bytes: jpeg });
  });

  it('says missing, deleted and overwritten apart', async () => {
    const { store, upload, remove } = make();
    const ref = { ...photoRef, account: store.account, blobName: 'gone.jpg' };
    const openVersion = async () => {
      await upload(ref, jpeg);
      const opened = await store.open(ref, signal);
      if (opened.kind === 'missing') throw new Error('the photo is not there');
      return opened.version;
    };

    expect(await store.open({ ...ref, blobName: 'never.jpg' }, signal)).toEqual({
      kind: 'missing',
    });
    const first = await openVersion();
    await upload(ref, await goodPhoto(0.9));
    expect(await store.read(first, signal)).toEqual({ kind: 'overwritten' });
    const second = await openVersion();
    await remove(ref);
    expect(await store.read(second, signal)).toEqual({ kind: 'deleted' });
  });

  it('lists photos page by page, as they are when opened', async () => {
    const { store, upload } = make();
    const refs = ['a', 'b', 'c'].map((name) => ({
      ...photoRef,
      account: store.account,
      blobName: `listed/${name}`,
    }));
    for (const ref of refs) await upload(ref, jpeg);
    const of = { container: 'photos', prefix: 'listed/', pageCount: 2 };

    const first = await store.list(of, signal);
    const { continuation } = first;
    const rest = await store.list({ ...of, continuation }, signal);

    const opened = await Promise.all(refs.map((ref) => store.open(ref, signal)));
    const versions = opened.map((one) => (one.kind === 'found' ? one.version : undefined));
    expect([...first.versions, ...rest.versions]).toEqual(versions);
    expect([first.versions.length, rest.continuation]).toEqual([2, undefined]);
    expect(await store.list({ ...of, prefix: 'none/' }, signal)).toMatchObject({ versions: [] });
  });

  it('keeps the first of two photos put under one name, labels included', async () => {
    const { store } = make();
    const ref = { ...photoRef, account: store.account, blobName: 'inline/one' };
    const photo = { bytes: jpeg, contentType: 'image/jpeg', context: { site: 'leipzig' } };

    await store.put(ref, photo, signal);
    const before = await store.open(ref, signal);
    await store.put(ref, { ...photo, bytes: await goodPhoto(0.9) }, signal);

    expect(await store.open(ref, signal)).toEqual(before);
    expect(before).toMatchObject({ context: { site: 'leipzig' } });
  });
});

async function someDocument(): Promise<ResultDocument> {
  const { deps, photos } = pipelineAnswering(scratch);
  photos.upload(photoRef, { bytes: jpeg });
  const fate = await processPhoto(deps, uploadOf(photoRef), ampleBudget);
  if (fate.kind === 'settled') return fate.document;
  throw new Error('no outcome');
}

describe.each([
  ['memory', () => memoryOutcomeStore('acme', 'results')],
  ['Azure Blob', () => blobOutcomeStore(blobs.getContainerClient('results'))],
])('an outcome store of %s', (_name, make) => {
  it('records an outcome once and answers with the first one afterwards', async () => {
    const store = make();
    const first = await someDocument();
    const second = { ...first, settledAt: '2030-01-01T00:00:00.000Z' };

    expect(await store.find('m/d/k.json', signal)).toBeUndefined();
    expect(await store.record('m/d/k.json', first, signal)).toEqual({ kind: 'created' });
    expect(await store.record('m/d/k.json', second, signal)).toEqual({
      kind: 'existed',
      document: first,
    });
    expect(await store.find('m/d/k.json', signal)).toEqual(first);
  });

  it('lets one of two writers at once be first, round after round, and shows theirs to the other', async () => {
    const store = make();
    const document = await someDocument();
    const writers = ['2030-01-01T00:00:00.000Z', '2031-01-01T00:00:00.000Z'];
    const documents = writers.map((settledAt) => ({ ...document, settledAt }));

    for (let round = 0; round < 50; round += 1) {
      const name = `m/d/round-${round}.json`;
      const recorded = await Promise.all(documents.map((own) => store.record(name, own, signal)));

      const first = documents[recorded.findIndex(({ kind }) => kind === 'created')];
      const kept = await store.find(name, signal);
      expect(recorded).toContainEqual({ kind: 'created' });
      expect(recorded).toContainEqual({ kind: 'existed', document: first });
      expect(kept).toEqual(first);
    }
  });
});

it('creates what it writes to where nobody has done so before', async () => {
  const container = blobs.getContainerClient('results-not-there-yet');
  const queues = QueueServiceClient.fromConnectionString(storage.connectionString);
  const client = queues.getQueueClient('queue-not-there-yet');
  const outcomes = blobOutcomeStore(container);
  const deferrals = storageDeferralQueue(client);
  await Promise.all([outcomes.ping(signal), deferrals.ping(signal)]);

  const recorded = await outcomes.record('m/d/k.json', await someDocument(), signal);
  await deferrals.send('{}', 0);

  expect(recorded).toEqual({ kind: 'created' });
  expect((await client.getProperties()).approximateMessagesCount).toBe(1);
});

it('names a stored document that is not one of ours', async () => {
  const container = blobs.getContainerClient('results');
  await container.getBlockBlobClient('m/d/odd.json').upload('{"odd":1}', 9);

  const found = blobOutcomeStore(container).find('m/d/odd.json', signal);

  await expect(found).rejects.toMatchObject({ code: 'DOCUMENT_INVALID' });
});

it('parks messages as the host reads them: base64, invisible until due', async () => {
  const queues = QueueServiceClient.fromConnectionString(storage.connectionString);
  const client = queues.getQueueClient('deferred-predictions');
  await client.create();
  const queue = storageDeferralQueue(client);

  await queue.send('{"due":"now"}', 0);
  await queue.send('{"due":"later"}', 60_000);

  const { receivedMessageItems } = await client.receiveMessages({ numberOfMessages: 32 });
  const texts = receivedMessageItems.map(({ messageText }) =>
    Buffer.from(messageText, 'base64').toString(),
  );
  expect(texts).toEqual(['{"due":"now"}']);
});

it('says which store is away, without its key', async () => {
  const away = BlobServiceClient.fromConnectionString(
    storage.connectionString.replace(/BlobEndpoint=[^;]+/, 'BlobEndpoint=http://127.0.0.1:1/acme'),
    { retryOptions: { maxTries: 1 } },
  );

  const opening = blobPhotoStore(away, 'photos').open(photoRef, signal);

  await expect(opening).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    details: { operation: 'open photo', path: 'photos/a.jpg' },
  });
});

/** Two versions of the app at once: two hosts, set differently, over what a newer one has left. */
import type { ContainerClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FunctionsHost } from '../../local/functionsHost/options.ts';
import { prepareFurtherHost, startFunctionsPart } from '../../local/parts/functions.ts';
import { type Backends, startBackends } from '../../local/world.ts';
import { photoOutcomeKey } from '../../shared/ledger/outcomeKey.ts';
import { outcomeBlobName } from '../../shared/ledger/outcomeStore.ts';
import { goodPhoto } from '../helpers/badPhotos.ts';
import { type WorldClient, worldClient } from '../helpers/worldClient.ts';

const patience = { timeout: 60_000, interval: 100 };
const added = { colour: 'blue' };
let backends: Backends;
let client: WorldClient;
let hosts: FunctionsHost[] = [];

beforeEach(async () => {
  const prediction = { scoring: 'fixed', publishedName: 'parts' } as const;
  backends = await startBackends({ prediction, settings: { QUOTA_CALLS_PER_SECOND: '50' } });
  client = worldClient(backends);
});
afterEach(async () => {
  await client.close();
  await Promise.all(hosts.map((host) => host.stop()));
  await backends.stop();
});

/** The second has settings of its own, and leaves it to the first to announce uploads. */
async function startHosts(): Promise<void> {
  const settings = {
    CLAIM_TTL_MS: '5000',
    MAX_PHOTOS_IN_FLIGHT: '2',
    QUOTA_LANE_WEIGHTS: 'live=4',
  };
  hosts = await Promise.all([
    startFunctionsPart(prepareFurtherHost({}), {}, backends.settings),
    startFunctionsPart(
      prepareFurtherHost({}),
      { functions: { raisesBlobEvents: false } },
      { ...backends.settings, ...settings },
    ),
  ]);
}

async function readJson(container: ContainerClient, name: string) {
  return JSON.parse((await container.getBlobClient(name).downloadToBuffer()).toString('utf8'));
}

async function writeJson(container: ContainerClient, name: string, value: object): Promise<void> {
  await container.createIfNotExists();
  await container.getBlockBlobClient(name).uploadData(Buffer.from(JSON.stringify(value)));
}

/** A photo that no upload event brings, as work with fields of a newer version. */
async function newerWork(blobName: string) {
  const photo = { account: client.blobs.accountName, container: 'line-photos', blobName };
  const etag = await client.upload(
    blobName,
    await goodPhoto(blobName.length / 50),
    {},
    'line-photos',
  );
  return {
    photo: { ...photo, etag: etag.replaceAll('"', ''), ...added },
    source: { trigger: 'capture', context: { site: 'north', ...added }, ...added },
    firstSeenAtMs: Date.now(),
    deferralCount: 0,
    badAnswerCount: 0,
    ...added,
  };
}

/** As a crash of the newer version leaves it: an expired claim, and an entry. @returns its entry’s name. */
async function leftByCrash(blobName: string): Promise<string> {
  const work = await newerWork(blobName);
  const { projectId = '' } = backends.prediction.control.models()[0] ?? {};
  const model = { backend: 'customVision', projectId, publishedName: 'parts' } as const;
  const key = photoOutcomeKey(work.photo, work.photo.etag, { ...model, projectType: 'classify' });
  const place = outcomeBlobName('parts', Date.now(), key);
  const claim = { claimVersion: 1, outcomeKey: key, owner: 'newer', ttlMs: 1, work, ...added };
  const entryName = `${key.slice(0, 2)}/${key}`;
  const entry = { entryVersion: 1, blobName: place, ...added };
  await writeJson(client.blobs.getContainerClient('ledger'), entryName, entry);
  await writeJson(client.blobs.getContainerClient('inflight'), key, claim);
  return entryName;
}

async function parkedByNewer(blobName: string): Promise<void> {
  const { connectionString } = backends.storage;
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  const photos = [await newerWork(blobName)];
  const message = { messageVersion: 1, parkedBecause: ['NEWER'], photos, ...added };
  const text = Buffer.from(JSON.stringify(message)).toString('base64');
  await queues.getQueueClient('deferred-predictions').sendMessage(text);
}

async function quotaDocument() {
  const container = client.blobs.getContainerClient('quota');
  const [name = ''] = (await Array.fromAsync(container.listBlobsFlat())).map((blob) => blob.name);
  return { container, name, document: await readJson(container, name) };
}

async function expectSettled(names: readonly string[]): Promise<void> {
  await vi.waitFor(async () => {
    const documents = await client.documents();
    const settled = documents.map(({ outcome, photo }) => `${outcome} ${photo?.blobName}`);
    expect(settled.toSorted()).toEqual(names.map((name) => `predicted ${name}`).toSorted());
    expect(new Set(client.events.map(({ id }) => id)).size).toBe(names.length);
  }, patience);
}

it('two versions work on one storage, and leave what the newer has added where it was', async () => {
  await startHosts();
  await client.upload('first.jpg', await goodPhoto(0.1));
  await expectSettled(['first.jpg']);
  const before = await quotaDocument();
  await writeJson(before.container, before.name, { ...before.document, ...added });

  const entryName = await leftByCrash('crashed.jpg');
  await parkedByNewer('parked.jpg');
  const uploads = Array.from({ length: 12 }, (_, index) => `upload/${index}.jpg`);
  for (const name of uploads) await client.upload(name, await goodPhoto(name.length / 60));
  await vi.waitFor(async () => {
    for (const { controlUrl } of hosts) {
      await fetch(`${controlUrl}/control/timers`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ function: 'sweepLedger' }),
      });
    }
    expect((await client.documents()).map(({ photo }) => photo?.blobName)).toContain('crashed.jpg');
  }, patience);

  await expectSettled(['first.jpg', 'crashed.jpg', 'parked.jpg', ...uploads]);
  expect(backends.prediction.stats().calls).toBe(uploads.length + 3);
  const after = await quotaDocument();
  expect(after.document).toMatchObject(added);
  expect(after.document.used).toBeGreaterThan(before.document.used);
  expect(await readJson(client.blobs.getContainerClient('ledger'), entryName)).toMatchObject(added);
});

/** Claims and entries in memory and on Azure Blob behave the same towards the pipeline. */
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { blobClaimStore } from '../../../shared/adapters/blob/claimStore.ts';
import { blobCursorStore } from '../../../shared/adapters/blob/cursorStore.ts';
import { blobEntryStore } from '../../../shared/adapters/blob/entryStore.ts';
import {
  memoryClaimStore,
  memoryCursorStore,
  memoryEntryStore,
} from '../../../shared/adapters/memory/memoryLedger.ts';
import type { Claim, ClaimStore } from '../../../shared/ledger/claimStore.ts';
import { ampleBudget, photoRef, uploadOf } from '../../helpers/pipeline.ts';

const { signal } = ampleBudget;
let storage: Storage;
let blobs: BlobServiceClient;
let count = 0;

beforeAll(async () => {
  storage = await startStorage();
  blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
});
afterAll(() => storage.stop());

/** A container that isn't there yet: the first write creates it. */
function newContainer(client = blobs) {
  count += 1;
  return client.getContainerClient(`ledger-${count}`);
}

function claimOf(outcomeKey: string, owner: string, ttlMs = 120_000): Claim {
  return { outcomeKey, owner, ttlMs, work: uploadOf({ ...photoRef, etag: '0x1' }) };
}

async function keysOlderThan(store: ClaimStore, ageMs: number): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.listOlderThan(ageMs, signal)) keys.push(key);
  return keys.sort();
}

describe.each([
  ['memory', () => memoryClaimStore(() => performance.now())],
  ['Azure Blob', () => blobClaimStore(newContainer())],
])('a claim store of %s', (_name, make) => {
  it('gives a claim to the first and shows it to the next, with the work in it', async () => {
    const store = make();
    const first = await store.take(claimOf('k', 'a'), signal);

    const second = await store.take(claimOf('k', 'b'), signal);

    expect(first).toMatchObject({ kind: 'created', held: { claim: claimOf('k', 'a') } });
    expect(second).toMatchObject({ kind: 'held', seen: { claim: claimOf('k', 'a') } });
    const remainingMs = second.kind === 'held' ? second.seen.remainingMs : 0;
    expect(remainingMs).toBeGreaterThan(110_000);
    expect(remainingMs).toBeLessThanOrEqual(120_000);
  });

  it('gives a claim to exactly one of many who ask at once', async () => {
    const store = make();
    const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);

    const taken = await Promise.all(owners.map((owner) => store.take(claimOf('k', owner), signal)));

    const created = taken.flatMap((one) => (one.kind === 'created' ? [one.held.claim.owner] : []));
    const seen = taken.flatMap((one) => (one.kind === 'held' ? [one.seen.claim.owner] : []));
    expect(created).toHaveLength(1);
    expect(new Set(seen)).toEqual(new Set(created));
  });

  it('lets one of many take over, and the former owner keep nothing', async () => {
    const store = make();
    const taken = await store.take(claimOf('k', 'old'), signal);
    const tag = taken.kind === 'created' ? taken.held.tag : '';
    const rivals = Array.from({ length: 10 }, (_, index) => claimOf('k', `new-${index}`));

    const won = await Promise.all(rivals.map((claim) => store.replace(claim, tag, signal)));
    const renewed = await store.replace(claimOf('k', 'old'), tag, signal);
    if (taken.kind === 'created') await store.release(taken.held, signal);

    const winners = won.filter((held) => held !== undefined);
    expect(winners).toHaveLength(1);
    expect(renewed).toBeUndefined();
    expect((await store.find('k', signal))?.claim.owner).toBe(winners[0]?.claim.owner);
  });

  it('is free again once released, and stays released', async () => {
    const store = make();
    const taken = await store.take(claimOf('k', 'a'), signal);
    const held = taken.kind === 'created' ? taken.held : taken.seen;

    await store.release(held, signal);
    await store.release(held, signal);

    expect(await store.find('k', signal)).toBeUndefined();
    expect(await store.replace(held.claim, held.tag, signal)).toBeUndefined();
    expect(await store.take(claimOf('k', 'b'), signal)).toMatchObject({ kind: 'created' });
  });

  it('says how long a claim has lasted longer than it may', async () => {
    const store = make();
    await store.take(claimOf('k', 'a', 1), signal);

    await expect
      .poll(async () => (await store.find('k', signal))?.remainingMs, { timeout: 10_000 })
      .toBeLessThanOrEqual(0);
  });

  it('lists the claims of a certain age, and nothing where nothing was ever claimed', async () => {
    const store = make();
    expect(await keysOlderThan(store, 0)).toEqual([]);

    for (const key of ['b', 'a']) await store.take(claimOf(key, 'x'), signal);

    expect(await keysOlderThan(store, 0)).toEqual(['a', 'b']);
    expect(await keysOlderThan(store, 60_000)).toEqual([]);
  });
});

describe.each([
  ['memory', () => memoryEntryStore()],
  ['Azure Blob', () => blobEntryStore(newContainer())],
])('an entry store of %s', (_name, make) => {
  it('keeps the place that the first of many named', async () => {
    const store = make();
    const places = Array.from({ length: 10 }, (_, index) => ({ blobName: `day-${index}/k.json` }));

    const entered = await Promise.all(places.map((entry) => store.enter('key', entry, signal)));

    const first = places[entered.findIndex(({ isNew }) => isNew)];
    expect(entered.filter(({ isNew }) => isNew)).toHaveLength(1);
    for (const { entry } of entered) expect(entry).toMatchObject({ ...first });
    expect(new Set(entered.map(({ tag }) => tag)).size).toBe(1);
  });
});

it.each([
  ['memory', () => memoryEntryStore()],
  ['Azure Blob', () => blobEntryStore(newContainer())],
])('notes in an entry of %s until when its photo is parked', async (_name, make) => {
  const store = make();
  expect(await store.find('key', signal)).toBeUndefined();
  const { tag } = await store.enter('key', { blobName: 'd/k.json' }, signal);
  const entry = { blobName: 'd/k.json', parkedUntilMs: 5 };

  const noted = await store.note('key', { entry, tag }, signal);

  expect(await store.find('key', signal)).toMatchObject({ entry, tag: noted?.tag });
  expect(await store.enter('key', { blobName: 'x' }, signal)).toMatchObject({ entry });
});

it.each([
  ['memory', () => memoryEntryStore()],
  ['Azure Blob', () => blobEntryStore(newContainer())],
])(
  'keeps in an entry of %s what the first of many notes, who all saw it before',
  async (_name, make) => {
    const store = make();
    const { tag } = await store.enter('key', { blobName: 'k.json' }, signal);
    const entries = Array.from({ length: 10 }, (_, index) => ({
      blobName: 'k.json',
      parkedUntilMs: index,
    }));

    const noted = await Promise.all(
      entries.map((entry) => store.note('key', { entry, tag }, signal)),
    );

    const kept = noted.filter((one) => one !== undefined);
    expect(kept).toHaveLength(1);
    expect(await store.find('key', signal)).toMatchObject({ ...kept[0] });
  },
);

it.each([
  ['memory', () => memoryCursorStore()],
  ['Azure Blob', () => blobCursorStore(newContainer())],
])('keeps in %s where a walk goes on, until it came to its end', async (_name, make) => {
  const store = make();
  const walk = [await store.load('w', signal)];
  for (const cursor of ['one', 'two', undefined]) {
    await store.save('w', cursor, signal);
    walk.push(await store.load('w', signal));
  }

  expect(walk).toEqual([undefined, 'one', 'two', undefined]);
});

it('knows its own claim again when the SDK sent the creation twice', async () => {
  const container = newContainer();
  const store = blobClaimStore(container);
  await store.take(claimOf('k', 'mine'), signal);

  expect(await store.take(claimOf('k', 'mine'), signal)).toMatchObject({ kind: 'created' });
});

it('names a claim or an entry that is not in our form', async () => {
  const container = newContainer();
  await container.create();
  for (const name of ['k', 'ke/key']) await container.getBlockBlobClient(name).upload('{}', 2);
  const invalid = { code: 'DOCUMENT_INVALID' };

  await expect(blobClaimStore(container).take(claimOf('k', 'a'), signal)).rejects.toMatchObject(
    invalid,
  );
  const entering = blobEntryStore(container).enter('key', { blobName: 'x' }, signal);
  await expect(entering).rejects.toMatchObject(invalid);
});

it('says which claim could not be taken, listed or released while storage is away', async () => {
  const away = BlobServiceClient.fromConnectionString(
    storage.connectionString.replace(/BlobEndpoint=[^;]+/, 'BlobEndpoint=http://127.0.0.1:1/acme'),
    { retryOptions: { maxTries: 1 } },
  );
  const store = blobClaimStore(newContainer(away));
  const claim = claimOf('k', 'a');
  const unavailable = { code: 'STORE_UNAVAILABLE' };

  await expect(store.take(claim, signal)).rejects.toMatchObject(unavailable);
  await expect(store.replace(claim, '"1"', signal)).rejects.toMatchObject(unavailable);
  await expect(store.release({ claim, tag: '"1"' }, signal)).rejects.toMatchObject(unavailable);
  await expect(keysOlderThan(store, 0)).rejects.toMatchObject(unavailable);
});

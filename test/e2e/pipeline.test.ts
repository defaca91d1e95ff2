import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startWorld, type World } from '../../local/world.ts';
import type { ResultDocument } from '../../shared/results/resultDocument.ts';
import { badPhotos, goodPhoto } from '../helpers/badPhotos.ts';
import { capturePointer, type WorldClient, worldClient } from '../helpers/worldClient.ts';

const jpeg = await goodPhoto();
const logs: string[] = [];
let world: World;
let client: WorldClient;

beforeAll(async () => {
  world = await startWorld({ onLog: ({ message }) => logs.push(message) });
  client = worldClient(world);
});
afterAll(async () => {
  await client.close();
  await world.stop();
});

/** The document of each blob name, once all are there. */
async function settled(blobNames: readonly string[]): Promise<Map<string, ResultDocument[]>> {
  return vi.waitFor(
    async () => {
      const documents = await client.documents();
      const found = new Map(
        blobNames.map((name) => [name, documents.filter(({ photo }) => photo?.blobName === name)]),
      );
      const missing = blobNames.filter((name) => found.get(name)?.length === 0);
      expect(missing).toEqual([]);
      return found;
    },
    { timeout: 30_000, interval: 200 },
  );
}

async function announced(outcomeKey: string | undefined) {
  return vi.waitFor(
    () => {
      const found = client.events.filter(({ id }) => id === outcomeKey);
      expect(found).toHaveLength(1);
      return found[0];
    },
    { timeout: 10_000, interval: 50 },
  );
}

it('predicts an upload and announces the outcome once', async () => {
  const etag = await client.upload('shelf/a.jpg', jpeg, { site: 'leipzig', batch: 'B7' });

  const [document] = (await settled(['shelf/a.jpg'])).get('shelf/a.jpg') ?? [];

  expect(document).toMatchObject({
    outcome: 'predicted',
    photo: { container: 'photos', etag: etag.replaceAll('"', ''), format: 'jpeg' },
    source: { trigger: 'upload', site: 'leipzig', batch: 'B7' },
    model: { publishedName: 'parts', iterationId: world.prediction.iterationId },
  });
  expect(await announced(document?.outcomeKey)).toMatchObject({
    type: 'io.sightglass.prediction.completed.v1',
    data: { photo: { blobName: 'shelf/a.jpg' }, source: { site: 'leipzig' } },
  });
});

it('predicts what cameras point to and what they send inline', async () => {
  const etag = await client.upload('line/a.jpg', jpeg, {}, 'line-photos');
  const pointer = { container: 'line-photos', blobName: 'line/a.jpg', etag, device: 'cam-1' };

  await client.send(capturePointer(pointer));
  const inline = { body: await goodPhoto(0.3), contentType: 'image/jpeg' };
  await client.send({ ...inline, properties: { device: 'cam-2' } });

  await vi.waitFor(
    async () => {
      const devices = (await client.documents()).map(({ source }) => source.device);
      expect(devices).toEqual(expect.arrayContaining(['cam-1', 'cam-2']));
    },
    { timeout: 20_000, interval: 200 },
  );
  const documents = await client.documents();
  expect(documents.filter(({ source }) => source.device === 'cam-2')).toMatchObject([
    { outcome: 'predicted', photo: { container: 'photos' }, source: { trigger: 'capture' } },
  ]);
});

describe('bad input', () => {
  it('turns every bad photo away under its own reason, within 400 MB', async () => {
    const cases = await badPhotos();
    for (const { name, bytes } of cases) await client.upload(`bad/${name}`, bytes);

    const found = await settled(cases.map(({ name }) => `bad/${name}`));

    for (const { name, reason } of cases) {
      const [document] = found.get(`bad/${name}`) ?? [];
      expect(document, name).toMatchObject({ outcome: 'rejected', rejection: { reason } });
    }
    const { peakRssBytes } = await world.functions.stats();
    expect(peakRssBytes).toBeLessThan(400 * 1024 * 1024);
  });

  it('predicts photos under odd names', async () => {
    const names = [
      '1e5',
      'true',
      'null',
      '{"a":1}',
      'a%2fb.jpg',
      '照片 #1?.jpg',
      'x'.repeat(1_024),
    ];
    for (const name of names) await client.upload(name, jpeg);

    const found = await settled(names);

    for (const name of names)
      expect(found.get(name), name).toMatchObject([{ outcome: 'predicted' }]);
  });

  it('turns bad events away, each with its reason, and goes on with the rest of the batch', async () => {
    await client.upload('line/b.jpg', jpeg, {}, 'line-photos');
    const pointer = { container: 'line-photos', blobName: 'line/b.jpg' };
    const bad: [string, Parameters<WorldClient['send']>[number]][] = [
      ['event-empty', { body: Buffer.alloc(0) }],
      ['event-empty', { body: null }],
      ['event-not-json', { body: Buffer.from('{"half') }],
      ['event-schema', { body: { hello: 'world' } }],
      ['event-carries-url', capturePointer({ ...pointer, url: 'http://169.254.169.254/' })],
      ['event-account-not-approved', capturePointer({ ...pointer, account: 'other' })],
      ['event-container-not-approved', capturePointer({ ...pointer, container: 'secrets' })],
      ['name-dot-segment', capturePointer({ ...pointer, blobName: '../results/x' })],
      ['name-control-character', capturePointer({ ...pointer, blobName: 'a\u0007b' })],
      ['photo-missing', capturePointer({ ...pointer, blobName: 'never.jpg' })],
      ['photo-overwritten', capturePointer({ ...pointer, etag: '0xOLD' })],
    ];
    const properties = { batch: 'bad-events' };

    await client.send(
      ...bad.map(([, event]) => ({ properties, ...event })),
      capturePointer({ ...pointer, device: 'after-the-bad' }),
    );

    await vi.waitFor(
      async () => {
        const documents = await client.documents();
        const reasons = documents.flatMap((document) =>
          document.outcome === 'rejected' ? [document.rejection.reason] : [],
        );
        expect(reasons).toEqual(expect.arrayContaining(bad.map(([reason]) => reason)));
        expect(documents.map(({ source }) => source.device)).toContain('after-the-bad');
      },
      { timeout: 20_000, interval: 200 },
    );
  });

  it('leaves blobs of other containers, deleted blobs and its own folder alone', async () => {
    await client.upload('inline/mine.jpg', jpeg);
    await client.upload('not-announced.jpg', jpeg, {}, 'line-photos');
    const { calls } = world.prediction.stats();

    await world.functions.deliverBlob('line-photos', 'not-announced.jpg');
    await world.functions.deliverBlob('photos', 'never-was.jpg');
    await world.functions.deliverBlob('photos', 'inline/mine.jpg');

    expect(world.prediction.stats().calls).toBe(calls);
    const names = (await client.documents()).map(({ photo }) => photo?.blobName);
    expect(names).not.toContain('not-announced.jpg');
    expect(names).not.toContain('inline/mine.jpg');
  });

  it('makes one outcome of an upload whose event comes again', async () => {
    await client.upload('again.jpg', jpeg);
    await settled(['again.jpg']);
    const { calls } = world.prediction.stats();

    await world.functions.deliverBlob('photos', 'again.jpg');

    expect(world.prediction.stats().calls).toBe(calls);
    expect((await settled(['again.jpg'])).get('again.jpg')).toHaveLength(1);
  });

  it('makes one outcome of a capture that is delivered twice', async () => {
    await client.upload('line/twice.jpg', jpeg, {}, 'line-photos');
    const event = capturePointer({ container: 'line-photos', blobName: 'line/twice.jpg' });

    await client.send(event);
    await settled(['line/twice.jpg']);
    const { calls } = world.prediction.stats();
    await client.send(event);

    const isKnown = (line: string) => line.includes('"known":1') && line.includes('line/twice.jpg');
    await expect.poll(() => logs.some(isKnown), { timeout: 20_000 }).toBe(true);
    const subject = 'line-photos/line/twice.jpg';
    expect(client.events.filter((event) => event.subject === subject)).toHaveLength(1);
    expect(world.prediction.stats().calls).toBe(calls);
  });
});

it('turns what the host gave up on into dead outcomes', async () => {
  for (const name of ['poison/a.jpg', 'poison/b.jpg']) {
    await client.upload(name, jpeg, {}, 'line-photos');
  }
  const { calls } = world.prediction.stats();
  const photo = { account: 'devstoreaccount1', container: 'line-photos', blobName: 'poison/a.jpg' };
  const work = { photo, source: { trigger: 'capture', context: {} }, firstSeenAtMs: 0 };
  const photos = [{ ...work, deferralCount: 1, badAnswerCount: 0 }];
  const parked = { messageVersion: 1, parkedBecause: ['HTTP_429'], photos };
  await client.poison('deferred-predictions-poison', parked);
  await client.poison('deferred-predictions-poison', { odd: true });

  const [document] = (await settled(['poison/a.jpg'])).get('poison/a.jpg') ?? [];

  expect(document).toMatchObject({ outcome: 'dead', death: { reason: 'message-poisoned' } });
  expect(await announced(document?.outcomeKey)).toMatchObject({
    type: 'io.sightglass.prediction.dead.v1',
  });
  const isForeign = ({ data }: (typeof client.events)[number]) =>
    data.outcome === 'dead' && data.death.reason === 'message-not-ours';
  await expect.poll(() => client.events.some(isForeign), { timeout: 20_000 }).toBe(true);
  expect(world.prediction.stats().calls).toBe(calls);
});

describe('trouble at the endpoint', () => {
  it('parks what is throttled and settles every photo later', async () => {
    world.prediction.control.setQuota({ callsPerSecond: 4 });
    const names = Array.from({ length: 20 }, (_, index) => `storm/${index}.jpg`);
    await Promise.all(names.map((name) => client.upload(name, jpeg)));

    const found = await settled(names);
    world.prediction.control.setQuota(undefined);

    const documents = names.flatMap((name) => found.get(name) ?? []);
    expect(documents).toHaveLength(20);
    expect(documents.some(({ attempts }) => attempts.deferralCount > 0)).toBe(true);
    expect(world.prediction.stats().throttled).toBeGreaterThan(0);
  });

  it('tries an answer without sense once more, then turns the photo away', async () => {
    world.prediction.control.faults.add('nullAnswer', { count: 2 });
    await client.upload('answer/null.jpg', jpeg);

    const [document] = (await settled(['answer/null.jpg'])).get('answer/null.jpg') ?? [];

    expect(document).toMatchObject({
      rejection: { reason: 'answer-null' },
      attempts: { deferralCount: 1 },
    });
  });

  it('keeps the photos, says so loudly and stops calling when the key is wrong', async () => {
    world.prediction.control.faults.add('rotatedKey');
    const before = world.prediction.stats().calls;
    await client.upload('wrong-key/a.jpg', jpeg);

    await vi.waitFor(async () => expect(await client.parkedCount()).toBeGreaterThan(0), {
      timeout: 10_000,
      interval: 100,
    });
    await client.upload('wrong-key/b.jpg', jpeg);
    await vi.waitFor(async () => expect(await client.parkedCount()).toBeGreaterThan(1), {
      timeout: 10_000,
      interval: 100,
    });

    expect(world.prediction.stats().calls).toBe(before + 1);
    expect(logs.join('\n')).toContain('The prediction endpoint is misconfigured');
    const ready = await fetch(`${world.functions.url}/api/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      parts: { prediction: { ok: false }, photos: { ok: true } },
    });
    world.prediction.control.faults.clear();
  });
});

it('answers that it is alive', async () => {
  const live = await fetch(`${world.functions.url}/api/health/live`);

  expect([live.status, await live.json()]).toEqual([200, { status: 'live' }]);
});

it('writes no key into its log', () => {
  const accountKey = /AccountKey=([^;]+)/.exec(world.storage.connectionString)?.[1] ?? 'none';
  const text = logs.join('\n');

  expect(text.length).toBeGreaterThan(0);
  for (const secret of [world.prediction.key, accountKey]) expect(text).not.toContain(secret);
});

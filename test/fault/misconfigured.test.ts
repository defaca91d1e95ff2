/** A published model that is gone for a while and a key that opens no more: photos wait for people. */
import { afterEach, expect, it, vi } from 'vitest';
import { startWorld, type World } from '../../local/world.ts';
import { goodPhoto } from '../helpers/badPhotos.ts';
import { type WorldClient, worldClient } from '../helpers/worldClient.ts';

const patience = { timeout: 60_000, interval: 100 };
/** Longer than such a photo waits the second time. */
const laterMs = 200_000;
let log: string[] = [];
let world: World;
let client: WorldClient;

afterEach(async () => {
  await client.close();
  await world.stop();
});

async function start(): Promise<void> {
  log = [];
  world = await startWorld({
    prediction: { scoring: 'fixed', publishedName: 'parts' },
    settings: { PREDICTION_BREAKER_OPEN_MS: '1000' },
    onLog: ({ message }) => log.push(message),
  });
  client = worldClient(world);
}

async function readiness(): Promise<unknown> {
  const answer = await fetch(`${world.functions.url}/api/health/ready`);
  return { status: answer.status, body: await answer.json() };
}

/** @returns what mends it. */
function unpublish(): () => void {
  const { control } = world.prediction;
  const [model] = control.models();
  if (!model) throw new Error('the endpoint has no model');
  const target = { projectId: model.projectId, publishedName: 'parts' };
  control.unpublish(target);
  return () => control.publish(target, model.iterationId);
}

function rotateKey(): () => void {
  const { key, control } = world.prediction;
  control.rotateKey({ keyName: 'key1' });
  return () => control.rotateKey({ keyName: 'key1', value: key });
}

it.each([
  ['the iteration is unpublished', unpublish, 'NotFoundIteration'],
  ['the key is rotated', rotateKey, 'HTTP_401'],
])('parks photos while %s, says so, and settles all once it is mended', async (_, fail, code) => {
  await start();
  const mend = fail();
  const names = ['early/1.jpg', 'early/2.jpg', 'early/3.jpg'];
  for (const [index, name] of names.entries()) {
    await client.upload(name, await goodPhoto(index / 10));
    await vi.waitFor(async () => expect(await client.parkedCount()).toBe(index + 1), patience);
  }

  expect(log.join('\n')).toContain(`The prediction endpoint is misconfigured (${code})`);
  expect(await readiness()).toMatchObject({
    status: 503,
    body: { parts: { prediction: { ok: false } } },
  });
  expect(await client.documents()).toEqual([]);
  mend();
  let passedMs = 0;

  await vi.waitFor(
    async () => {
      // Storage’s minutes pass: what is parked for people to mend it comes back now, and once more
      // where calls were still held back then.
      if ((await client.parkedCount()) > 0) await world.storage.setClock((passedMs += laterMs));
      const documents = await client.documents();
      const settled = documents.map(({ outcome, photo }) => `${outcome} ${photo?.blobName}`);
      expect(settled.toSorted()).toEqual(names.map((name) => `predicted ${name}`));
      expect(new Set(client.events.map(({ id }) => id)).size).toBe(names.length);
      expect(await readiness()).toMatchObject({ status: 200 });
    },
    { ...patience, interval: 2_000 },
  );
  expect(await client.parkedCount()).toBe(0);
});

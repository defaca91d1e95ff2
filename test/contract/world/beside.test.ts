/** Two whole worlds in one process: what is put into one is not in the other. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readyDocument } from '../../../local/readyDocument.ts';
import { startWorld, type World } from '../../../local/world.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import { capturePointer, type WorldClient, worldClient } from '../../helpers/worldClient.ts';

const patience = { timeout: 25_000, interval: 50 };
/** Its timer would add a call of its own. */
const unprobed = { 'AzureWebJobs.probeEndpoint.Disabled': 'true' };
let worlds: readonly World[] = [];
let clients: readonly WorldClient[] = [];

beforeAll(async () => {
  worlds = await Promise.all([1, 2].map(() => startWorld({ telemetry: true, settings: unprobed })));
  clients = worlds.map(worldClient);
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all(worlds.map((world) => world.stop()));
});

function addresses(world: World): string[] {
  const text = JSON.stringify(readyDocument(world));
  return [...new Set(text.match(/127\.0\.0\.1:\d+/g))];
}

it('keeps the photos, events, calls and checkpoints of two worlds apart', async () => {
  const etags = await Promise.all(
    clients.map(async (client, index) => {
      await client.upload('line/same.jpg', await goodPhoto(), {}, 'line-photos');
      const pointer = { container: 'line-photos', blobName: 'line/same.jpg', device: `${index}` };
      await client.send(capturePointer(pointer));
      return client.upload('same.jpg', await goodPhoto(), { site: `site-${index}` });
    }),
  );

  for (const [index, client] of clients.entries()) {
    await vi.waitFor(() => expect(client.events).toHaveLength(2), patience);
    const documents = await client.documents();
    const upload = documents.find(({ photo }) => photo?.blobName === 'same.jpg');
    const capture = documents.find(({ photo }) => photo?.blobName === 'line/same.jpg');

    expect(documents).toHaveLength(2);
    expect(upload).toMatchObject({
      photo: { etag: etags[index]?.replaceAll('"', '') },
      source: { site: `site-${index}` },
    });
    expect(capture).toMatchObject({ source: { device: `${index}` } });
    expect(worlds[index]?.prediction.stats().calls).toBe(2);
  }
});

it('shares no port and no address between two worlds', () => {
  const [one = [], two = []] = worlds.map(addresses);

  expect(one.length).toBeGreaterThanOrEqual(6);
  expect(one.filter((address) => two.includes(address))).toEqual([]);
});

/** Names all the way down; values differ from world to world. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value === null ? null : 'text';
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}

it('tells scripts what docs/local-world.md says it tells', () => {
  const page = readFileSync('docs/local-world.md', 'utf8');
  const [, example = ''] = /```json\n([\s\S]+?)```/.exec(page) ?? [];

  for (const world of worlds) {
    expect(shapeOf(readyDocument(world))).toEqual(shapeOf(JSON.parse(example)));
  }
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { consumeOutcomes } from '../../docs/examples/consumer.ts';
import { buildBundle } from '../../infra/package/build.ts';
import { startWorld, type World } from '../../local/world.ts';
import { memoryCheckpointStore } from '../contract/eventHub/helpers/memoryCheckpointStore.ts';
import { goodPhoto } from '../helpers/badPhotos.ts';
import { worldClient } from '../helpers/worldClient.ts';

let folder: string;
let world: World;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sightglass-bundle-'));
  // Outside the repository: the bundle finds no node_modules there.
  const entry = join(folder, 'main.cjs');
  await buildBundle(entry);
  world = await startWorld({ entry });
});
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
});

it('takes a photo through the bundle to a consumer written as docs/events.md shows', async () => {
  const client = worldClient(world);
  const seen: string[] = [];
  const consumer = consumeOutcomes(
    world.eventHub.connectionString,
    memoryCheckpointStore(),
    async ({ data }) => void seen.push(`${data.photo?.blobName} ${data.outcome}`),
  );

  await client.upload('a.jpg', await goodPhoto());

  await vi.waitFor(() => expect(seen).toEqual(['a.jpg predicted']), { timeout: 20_000 });
  await Promise.all([consumer.close(), client.close()]);
});

it('registers the same functions as the source', () => {
  expect(world.functions.functions.toSorted()).toEqual([
    'drainDeferred',
    'health',
    'predictOnCapture',
    'predictOnUpload',
    'probeEndpoint',
    'reconcilePhotos',
    'reportQuota',
    'settlePoison',
    'settlePoisonedUpload',
    'sweepLedger',
  ]);
});

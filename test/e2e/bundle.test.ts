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
  world = await startWorld({ entry, telemetry: true });
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

it('tells from the bundle of every call on the way of a photo, in one trace', async () => {
  const client = worldClient(world);
  await client.upload('traced.jpg', await goodPhoto());

  const told = world.telemetry;
  await vi.waitFor(
    () => {
      const [settled] = (told?.rows('customEvents', { name: 'photo.settled' }) ?? []).filter(
        ({ customDimensions }) => customDimensions['photo'] === 'photos/traced.jpg',
      );
      const names = [...(told?.rows('dependencies') ?? []), ...(told?.rows('requests') ?? [])]
        .filter(({ operation_Id }) => operation_Id === settled?.operation_Id)
        .map(({ name }) => name);
      expect(names).toEqual(
        expect.arrayContaining([
          'predictOnUpload',
          'process photo',
          'GET photos',
          expect.stringMatching(/^POST .*\/classify\//),
          'PUT results',
          'EventHubProducerClient.sendBatch',
        ]),
      );
    },
    { timeout: 30_000 },
  );
  await client.close();
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

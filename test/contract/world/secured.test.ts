/** `npm start -- --hubs-tls`: the app goes to its event hubs over TLS, the hosts' triggers too. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readStartOptions } from '../../../local/startOptions.ts';
import { startWorld, type World } from '../../../local/world.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import { capturePointer, type WorldClient, worldClient } from '../../helpers/worldClient.ts';

const patience = { timeout: 25_000, interval: 50 };
let world: World;
let client: WorldClient;

beforeAll(async () => {
  const { eventHub = {} } = readStartOptions(['--hubs-tls']).world;
  world = await startWorld({ eventHub, telemetry: true });
  client = worldClient(world);
});
afterAll(async () => {
  await client.close();
  await world.stop();
});

it('gives the app an address that means TLS, and one file with all it has to trust', () => {
  const { EventHubs, NODE_EXTRA_CA_CERTS = '' } = world.settings;

  expect(EventHubs).not.toContain('UseDevelopmentEmulator');
  const trusted = readFileSync(NODE_EXTRA_CA_CERTS, 'utf8');
  expect(trusted).toContain(world.eventHub.tls?.authorityPem.trim());
  expect(trusted).toContain(readFileSync(world.telemetry?.authorityFile ?? '', 'utf8').trim());
});

it('brings a camera event in, and its outcome out, over TLS', async () => {
  await client.upload('line/a.jpg', await goodPhoto(), {}, 'line-photos');

  await client.send(capturePointer({ container: 'line-photos', blobName: 'line/a.jpg' }));

  await vi.waitFor(() => expect(client.events).toHaveLength(1), patience);
  const told = () => world.telemetry?.rows('customEvents') ?? [];
  await vi.waitUntil(() => told().length > 0, patience);
});

/** What crashes and lost events left is found by timers on their own schedules: nobody calls them. */
import type { ContainerClient } from '@azure/storage-blob';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FunctionsHost } from '../../local/functionsHost/options.ts';
import { prepareFurtherHost, startFunctionsPart } from '../../local/parts/functions.ts';
import { type Backends, startBackends } from '../../local/world.ts';
import { photoOutcomeKey } from '../../shared/ledger/outcomeKey.ts';
import { goodPhoto } from '../helpers/badPhotos.ts';
import { type WorldClient, worldClient } from '../helpers/worldClient.ts';

/** The sweep comes each minute, and may find the claim too young the first time. */
const patience = { timeout: 150_000, interval: 250 };
const hourMs = 3_600_000;
const hostId = 'timers';
const log: string[] = [];
let backends: Backends;
let client: WorldClient;
let host: FunctionsHost | undefined;

beforeEach(async () => {
  backends = await startBackends({
    prediction: { scoring: 'fixed', publishedName: 'parts' },
    settings: {
      CLAIM_TTL_MS: '1000',
      RECONCILE_AFTER_MINUTES: '0',
      AzureFunctionsWebHost__hostid: hostId,
    },
  });
  client = worldClient(backends);
});
afterEach(async () => {
  await client.close();
  await host?.stop();
  await backends.stop();
});

async function writeJson(container: ContainerClient, name: string, value: object): Promise<void> {
  await container.createIfNotExists();
  await container.getBlockBlobClient(name).uploadData(Buffer.from(JSON.stringify(value)));
}

/** As a process leaves it that died with the photo in its hands, its message forgotten. */
async function leftByCrash(blobName: string): Promise<void> {
  const at = { account: client.blobs.accountName, container: 'line-photos', blobName };
  const etag = await client.upload(blobName, await goodPhoto(0.2), {}, at.container);
  const photo = { ...at, etag: etag.replaceAll('"', '') };
  const { projectId = '' } = backends.prediction.control.models()[0] ?? {};
  const model = { backend: 'customVision', projectId, publishedName: 'parts' } as const;
  const outcomeKey = photoOutcomeKey(photo, photo.etag, { ...model, projectType: 'classify' });
  const source = { trigger: 'capture', context: {} };
  const counts = { deferralCount: 0, badAnswerCount: 0 };
  const work = { photo, source, firstSeenAtMs: Date.now(), ...counts };
  const claim = { claimVersion: 1, outcomeKey, owner: 'dead', ttlMs: 1, work };
  await writeJson(client.blobs.getContainerClient('inflight'), outcomeKey, claim);
}

/** The app was down when the hourly timer was due: seven minutes past, an hour or two ago. */
async function missedReconciliation(): Promise<ContainerClient> {
  const hosts = client.blobs.getContainerClient('azure-webjobs-hosts');
  const dueAtMs = Math.floor(Date.now() / hourMs) * hourMs - hourMs + 7 * 60_000;
  const [Last, Next] = [dueAtMs - hourMs, dueAtMs].map((atMs) => new Date(atMs).toISOString());
  await writeJson(hosts, statusName, { Last, Next, LastUpdated: Last });
  return hosts;
}

const statusName = `timers/${hostId}/Host.Functions.reconcilePhotos/status`;

it('the sweep of each minute and the missed reconciliation settle what was left, by themselves', async () => {
  await leftByCrash('crashed.jpg');
  await client.upload('never-told.jpg', await goodPhoto(0.4));
  const hosts = await missedReconciliation();

  const prepared = prepareFurtherHost({ onLog: ({ message }) => log.push(message) });
  host = await startFunctionsPart(prepared, {}, backends.settings);

  await vi.waitFor(async () => {
    const documents = await client.documents();
    const settled = documents.map(({ outcome, photo }) => `${outcome} ${photo?.blobName}`);
    expect(settled.toSorted()).toEqual(['predicted crashed.jpg', 'predicted never-told.jpg']);
    expect(new Set(client.events.map(({ id }) => id)).size).toBe(2);
  }, patience);
  const said = log.join('\n');
  expect(said).toContain('{"leftByCrashes":{"announcedCount":0,"requeuedCount":1}}');
  expect(said).toMatch(/"neverDelivered":1,.*never-told\.jpg/);
  expect(backends.prediction.stats().calls).toBe(2);
  const status = JSON.parse((await hosts.getBlobClient(statusName).downloadToBuffer()).toString());
  expect(new Date(status.Next).getUTCMinutes()).toBe(7);
  expect(Date.parse(status.Next)).toBeGreaterThan(Date.now());
});

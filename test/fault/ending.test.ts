/** Troubles that outlast a process: the app asked to end in mid-batch, a clock off, a spent month. */
import { readFileSync } from 'node:fs';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startFunctionsHostProcess } from '../../local/functionsHost/startFunctionsHostProcess.ts';
import { prepareFurtherHost, startFunctionsPart } from '../../local/parts/functions.ts';
import { type Backends, startBackends } from '../../local/world.ts';
import { goodPhoto } from '../helpers/badPhotos.ts';
import { type WorldClient, worldClient } from '../helpers/worldClient.ts';

const patience = { timeout: 90_000, interval: 100 };
let backends: Backends;
let client: WorldClient;
let log: string[] = [];

// A world for each: what one spends or shifts would be in the way of the next.
beforeEach(async () => {
  log = [];
  backends = await startBackends({
    prediction: { scoring: 'fixed', publishedName: 'parts' },
    settings: { CLAIM_TTL_MS: '5000', QUOTA_CALLS_PER_SECOND: '50' },
  });
  client = worldClient(backends);
});
afterEach(async () => {
  await client.close();
  await backends.stop();
});

function startHost(settings: Readonly<Record<string, string>> = {}) {
  return startFunctionsHostProcess({
    entry: 'functions/main.ts',
    settings: { ...backends.settings, ...settings },
    hostJson: JSON.parse(readFileSync('host.json', 'utf8')),
    onLog: ({ message }) => log.push(message),
  });
}

async function upload(names: readonly string[]): Promise<void> {
  for (const name of names) await client.upload(name, await goodPhoto(name.length / 40));
}

async function expectSettled(names: readonly string[]): Promise<void> {
  await vi.waitFor(async () => {
    const settled = (await client.documents()).filter(({ outcome }) => outcome === 'predicted');
    const own = settled.map(({ photo }) => photo?.blobName ?? '').filter((n) => names.includes(n));
    expect(own.toSorted()).toEqual([...names].toSorted());
  }, patience);
}

it('loses nothing and pays nothing twice when the app is asked to end in mid-batch', async () => {
  backends.prediction.control.setLatency({ fixedMs: 800 });
  const names = Array.from({ length: 12 }, (_, index) => `ending/${index}.jpg`);
  const first = await startHost();
  await upload(names);
  await vi.waitFor(() => expect(backends.prediction.stats().inFlight).toBeGreaterThan(0), patience);

  await first.stop();
  backends.prediction.control.setLatency({ fixedMs: 0 });
  const second = await startHost();

  await expectSettled(names);
  expect(backends.prediction.stats().calls).toBe(names.length);
  await second.stop();
});

it('says in one line how much telemetry is lost with a process that can send and keep none', async () => {
  const host = await startHost({
    APPLICATIONINSIGHTS_CONNECTION_STRING:
      'InstrumentationKey=00000000-0000-4000-8000-00000000000e;IngestionEndpoint=https://127.0.0.1:1/',
    // A file can't be a folder.
    TELEMETRY_STORAGE_DIRECTORY: import.meta.filename,
  });
  await upload(['ending/told.jpg']);
  await expectSettled(['ending/told.jpg']);

  await host.stop();

  const said = log.filter((line) => line.includes('telemetry records'));
  expect(said).toEqual([
    expect.stringMatching(/^Warning: [1-9]\d* telemetry records are lost: .*runbook\.md/),
  ]);
});

/** Photos at a time, more than a process has in flight: some are begun, some are not. */
const roundSize = 12;
const endingForMs = 8_000;
const fewestEndings = 3;

/** @returns the photos of this round, parked and due at once, four to a message. */
async function putToWork(round: number): Promise<string[]> {
  const queues = QueueServiceClient.fromConnectionString(backends.storage.connectionString);
  const queue = queues.getQueueClient('deferred-predictions');
  const names = Array.from({ length: roundSize }, (_, index) => `endings/${round}-${index}.jpg`);
  const container = 'line-photos';
  const photos = names.map((blobName) => ({
    photo: { account: client.blobs.accountName, container, blobName },
    source: { trigger: 'capture', context: {} },
    firstSeenAtMs: Date.now(),
    deferralCount: 1,
    badAnswerCount: 0,
  }));
  const bytes = await goodPhoto();
  for (const name of names) await client.upload(name, bytes, {}, container);
  for (let from = 0; from < roundSize; from += 4) {
    const message = { messageVersion: 1, parkedBecause: [], photos: photos.slice(from, from + 4) };
    await queue.sendMessage(Buffer.from(JSON.stringify(message)).toString('base64'));
  }
  return names;
}

it('ends time and again over batches in flight: none lost, none paid or settled twice', async () => {
  backends.prediction.control.setLatency({ fixedMs: 400 });
  const start = () => startFunctionsPart(prepareFurtherHost({}), {}, backends.settings);
  const names: string[] = [];
  const endings: Promise<void>[] = [];
  const untilMs = performance.now() + endingForMs;
  let host = await start();
  while (performance.now() < untilMs || endings.length < fewestEndings) {
    const next = start();
    names.push(...(await putToWork(endings.length)));
    await vi.waitFor(
      () => expect(backends.prediction.stats().inFlight).toBeGreaterThan(0),
      patience,
    );
    endings.push(host.stop());
    host = await next;
  }

  await Promise.all(endings);
  await expectSettled(names);
  expect(backends.prediction.stats().calls).toBe(names.length);
  expect(await client.documents()).toHaveLength(names.length);
  await vi.waitFor(() => {
    expect(new Set(client.events.map(({ id }) => id)).size).toBe(names.length);
  }, patience);
  await host.stop();
});

it.each([-90_000, 90_000])(
  'settles photos though storage’s clock is off by %i ms',
  async (skewMs) => {
    await backends.storage.setClock(skewMs);
    const names = Array.from({ length: 4 }, (_, index) => `skew${skewMs}/${index}.jpg`);
    const host = await startHost();

    await upload(names);

    await expectSettled(names);
    await host.stop();
    await backends.storage.setClock(0);
  },
);

it('parks every photo once the month’s calls are spent, and says so', async () => {
  backends.prediction.control.faults.add('outOfCallVolume');
  const host = await startHost();
  await upload(['spent/1.jpg']);
  await vi.waitFor(() => expect(log.join('\n')).toContain('quotaExhausted'), patience);

  await upload(['spent/2.jpg', 'spent/3.jpg']);
  await vi.waitFor(() => {
    expect(log.filter((line) => line.includes('"quotaExhausted"')).length).toBeGreaterThanOrEqual(
      3,
    );
  }, patience);

  expect(backends.prediction.stats().calls).toBe(1);
  const documents = await client.documents();
  expect(documents.filter(({ photo }) => photo?.blobName.startsWith('spent/'))).toEqual([]);
  await host.stop();
});

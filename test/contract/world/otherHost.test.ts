/** `npm start -- --no-functions`: the world for an app that runs in a host of its own. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startFunctionsHostProcess } from '../../../local/functionsHost/startFunctionsHostProcess.ts';
import { readyDocument } from '../../../local/readyDocument.ts';
import { samplePorts } from '../../../local/sampleAddresses.ts';
import { readStartOptions } from '../../../local/startOptions.ts';
import { type Backends, startBackends } from '../../../local/world.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';

const sample: Record<string, string> = JSON.parse(
  readFileSync('local.settings.sample.json', 'utf8'),
).Values;
const hostPort = await freePort();
const hostUrl = `http://localhost:${hostPort}`;
const options = readStartOptions(['--no-functions', '--event-grid', hostUrl]);
let backends: Backends;

beforeAll(async () => {
  // On free ports: the fixed ones may be in use where the tests run.
  backends = await startBackends({ ...options.world, ports: {} });
});
afterAll(() => backends.stop());

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** As a client of the sample would resolve it. */
function addressed(value: string): string {
  const { storage, eventHub, prediction } = backends;
  return value
    .replace('UseDevelopmentStorage=true', storage.connectionString)
    .replace('sb://localhost;', `sb://localhost:${eventHub.port};`)
    .replace(`127.0.0.1:${samplePorts.prediction}`, `127.0.0.1:${prediction.port}`);
}

it('takes the ports where the sample settings look', () => {
  expect(options).toMatchObject({ isWithFunctions: false, world: { ports: samplePorts } });
  expect(sample['PREDICTION_ENDPOINT']).toBe(`http://127.0.0.1:${samplePorts.prediction}`);
  expect(sample['EventHubs']).toMatch(/^Endpoint=sb:\/\/localhost;.*UseDevelopmentEmulator=true;$/);
  for (const name of ['AzureWebJobsStorage', 'PhotosStorage', 'ResultsStorage']) {
    expect(sample[name]).toBe('UseDevelopmentStorage=true');
  }
});

it('has the emulators’ ports, keys and tables that the short connection strings stand for', () => {
  const stood = BlobServiceClient.fromConnectionString('UseDevelopmentStorage=true');

  expect(stood.url).toBe(`http://127.0.0.1:${samplePorts.blob}/devstoreaccount1`);
  expect([samplePorts.queue, samplePorts.table, samplePorts.eventHub]).toEqual([
    10_001, 10_002, 5_672,
  ]);
  expect(backends.storage.connectionString).toMatch(/TableEndpoint=http:/);
  expect(backends.eventHub.connectionString.replace(/:\/\/127.0.0.1:\d+/, '://localhost')).toBe(
    sample['EventHubs'],
  );
});

it('serves the app with nothing but the sample settings, and announces uploads to it', async () => {
  const settings = Object.fromEntries(
    Object.entries(sample).map(([name, value]) => [name, addressed(value)]),
  );
  const host = await startFunctionsHostProcess({
    entry: new URL('../../../functions/main.ts', import.meta.url).pathname,
    settings,
    port: hostPort,
    // As under Core Tools: no event comes but those that are posted.
    raisesBlobEvents: false,
    hostJson: JSON.parse(readFileSync('host.json', 'utf8')),
    onLog: () => {},
  });
  const blobs = BlobServiceClient.fromConnectionString(backends.storage.connectionString);
  const photo = blobs.getContainerClient('photos').getBlockBlobClient('sample.jpg');

  const ready = await fetch(`${host.url}/api/health/ready`);
  await photo.uploadData(await goodPhoto());

  expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'ready' }]);
  await vi.waitFor(
    async () => {
      const first = await blobs.getContainerClient('results').listBlobsFlat().next();
      expect(first.done).toBe(false);
    },
    { timeout: 20_000, interval: 50 },
  );
  await host.stop();
});

it('tells scripts that there is no functions host', () => {
  expect(readyDocument(backends)).toMatchObject({
    functions: null,
    prediction: { key: sample['PREDICTION_KEY'] },
  });
});

it('names every taken port at once, before anything starts', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  const starting = startBackends({ ports: { blob: port, prediction: port } });

  await expect(starting).rejects.toThrow(
    `The ports ${port} (blob), ${port} (prediction) of 127.0.0.1 are taken.`,
  );
  taken.close();
});

it('takes --event-grid only for a host outside, with its address', () => {
  expect(() => readStartOptions(['--event-grid', hostUrl])).toThrow(
    '--event-grid goes with --no-functions',
  );
  expect(() => readStartOptions(['--no-functions', '--event-grid', '7071'])).toThrow(
    '--event-grid takes the address of a functions host',
  );
});

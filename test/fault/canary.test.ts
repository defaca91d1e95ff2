/**
 * A whole local world whose keys are canaries, through trouble by name: wrong key, sick endpoint,
 * storage and hub, a foreign poison message, a crash. Whatever it told anybody is searched for them.
 */
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startWorld, type World } from '../../local/world.ts';
import { secretsOf } from '../../shared/redact.ts';
import { names } from '../../shared/settings.ts';
import { goodPhoto } from '../helpers/badPhotos.ts';
import { type WorldClient, worldClient } from '../helpers/worldClient.ts';

const patience = { timeout: 90_000, interval: 100 };
const key = 'canary0of1prediction2key3';
const sas = 'https://x.blob.core.windows.net/a?sv=1&sig=canary9signature&se=2';
const tables = [
  'requests',
  'dependencies',
  'traces',
  'customEvents',
  'exceptions',
  'availabilityResults',
  'customMetrics',
] as const;
const log: string[] = [];
let world: World;
let client: WorldClient;
let healthWhileWrong = '';

beforeAll(async () => {
  world = await startWorld({
    telemetry: true,
    prediction: { scoring: 'fixed', publishedName: 'parts' },
    settings: {
      PREDICTION_KEY: key,
      PREDICTION_BREAKER_OPEN_MS: '1000',
      QUOTA_CALLS_PER_SECOND: '50',
      TELEMETRY_TRACE_RATIO: '1',
    },
    onLog: (line) => log.push(JSON.stringify(line)),
  });
  client = worldClient(world);
});
afterAll(async () => {
  await client.close();
  await world.stop();
});

function post(address: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
}

function inAnyForm(secret: string): string[] {
  const base64 = ['', 'a', 'ab'].map((before) => Buffer.from(before + secret).toString('base64'));
  return [secret, encodeURIComponent(secret), ...base64.map((text) => text.slice(4, -4))];
}

/** Claims, entries, the quota, the host's own records, whatever waits: all but the photos. */
async function stored(): Promise<string> {
  const address = world.settings['PhotosStorage'] ?? '';
  const blobs = BlobServiceClient.fromConnectionString(address);
  const texts: string[] = [];
  for await (const { name: container } of blobs.listContainers()) {
    if (container === names.photosContainer) continue;
    const client = blobs.getContainerClient(container);
    for await (const { name } of client.listBlobsFlat()) {
      texts.push(name, String(await client.getBlobClient(name).downloadToBuffer()));
    }
  }
  const queues = QueueServiceClient.fromConnectionString(address);
  for await (const { name } of queues.listQueues()) {
    const { peekedMessageItems } = await queues
      .getQueueClient(name)
      .peekMessages({ numberOfMessages: 32 });
    for (const { messageText } of peekedMessageItems) {
      texts.push(messageText, Buffer.from(messageText, 'base64').toString());
    }
  }
  return texts.join('\n');
}

async function health(): Promise<string> {
  const answer = await fetch(`${world.functions.url}/api/health/ready`);
  return answer.text();
}

async function told(): Promise<Record<string, string>> {
  const documents = await client.documents();
  return {
    stored: await stored(),
    health: healthWhileWrong + (await health()),
    log: log.join('\n'),
    documents: JSON.stringify(documents),
    events: JSON.stringify(client.events),
    telemetry: JSON.stringify(tables.map((table) => world.telemetry?.rows(table) ?? [])),
  };
}

it('tells no key of its settings to anybody, whatever goes wrong', async () => {
  const jpeg = await goodPhoto();
  await client.upload('canary/wrong-key.jpg', jpeg);
  await vi.waitFor(() => expect(log.join('\n')).toContain('misconfigured'), patience);
  healthWhileWrong = await health();
  await post(`${world.prediction.endpoint}/control/keys`, { keyName: 'key1', value: key });
  world.prediction.control.faults.add('unavailable', { count: 2 });
  world.prediction.control.faults.add('reset', { count: 2 });
  await world.storage.addFault({ name: 'serverBusy', share: 0.2, durationMs: 2_000 });
  world.eventHub.control.faults.add({ name: 'busy', count: 2 });
  const secrets = secretsOf({ ...world.settings, PREDICTION_KEY: key });
  await client.poison('deferred-predictions-poison', { foreign: `${secrets.join(' ')} ${sas}` });
  await Promise.all(['a', 'b', 'c'].map((name) => client.upload(`canary/${name}.jpg`, jpeg)));
  await post(`${world.functions.controlUrl}/control/worker/crash`, {});

  await vi.waitFor(async () => {
    const outcomes = (await client.documents()).map(({ outcome }) => outcome);
    // The first one is parked for a minute and more: nobody waits for it here.
    expect(outcomes.filter((outcome) => outcome === 'predicted').length).toBeGreaterThan(2);
    expect(outcomes).toContain('dead');
    expect(world.telemetry?.rows('customEvents', { name: 'photo.settled' }).length).toBeGreaterThan(
      3,
    );
  }, patience);

  const sinks = await told();
  const canaries = [...secrets.flatMap(inAnyForm), 'canary9signature'];
  const hits = Object.entries(sinks).flatMap(([sink, text]) =>
    canaries.filter((canary) => text.includes(canary)).map((canary) => `${sink}: ${canary}`),
  );
  expect(new Set(secrets).size).toBeGreaterThan(2);
  expect(hits).toEqual([]);
  expect(sinks['documents']).toContain('[redacted]');
  expect(sinks['stored']).toContain('canary/wrong-key.jpg');
  expect(sinks['health']).toContain('HTTP_401');
});

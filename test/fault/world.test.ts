/**
 * Each trouble by its name, made in a whole local world while photos are under way: every photo ends
 * in one predicted outcome and is announced, nothing is rejected or given up.
 */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { FaultName } from '../../local/predictionEndpoint/rules/faultQueue.ts';
import type { StorageFault } from '../../local/storage/faults.ts';
import { startWorld, type World } from '../../local/world.ts';
import { goodPhoto } from '../helpers/badPhotos.ts';
import { type WorldClient, worldClient } from '../helpers/worldClient.ts';

const patience = { timeout: 120_000, interval: 100 };
/** What an operator would see. */
let log: string[] = [];
let world: World;
let client: WorldClient;
let photoCount = 0;

beforeAll(async () => {
  world = await startWorld({
    prediction: { scoring: 'fixed', publishedName: 'parts' },
    settings: {
      PREDICTION_TIMEOUT_MS: '1500',
      PREDICTION_BREAKER_OPEN_MS: '1000',
      CLAIM_TTL_MS: '5000',
      QUOTA_CALLS_PER_SECOND: '50',
      RECONCILE_AFTER_MINUTES: '0',
    },
    onLog: ({ message }) => log.push(message),
  });
  client = worldClient(world);
});
afterAll(async () => {
  await client.close();
  await world.stop();
});

async function uploadPhotos(count: number): Promise<string[]> {
  const names = Array.from({ length: count }, () => `trouble/${(photoCount += 1)}.jpg`);
  await Promise.all(
    names.map(async (name) => client.upload(name, await goodPhoto((photoCount % 90) / 100))),
  );
  return names;
}

/** One outcome each, predicted, and announced under its key. */
async function expectSettled(names: readonly string[]): Promise<void> {
  await vi.waitFor(async () => {
    const documents = await client.documents();
    const announced = new Set(client.events.map(({ id }) => id));
    for (const name of names) {
      const own = documents.filter(({ photo }) => photo?.blobName === name);
      expect(own.map(({ outcome }) => outcome)).toEqual(['predicted']);
      expect(announced.has(own[0]?.outcomeKey ?? '')).toBe(true);
    }
  }, patience);
}

function hostControl(path: string, body: unknown): Promise<Response> {
  return fetch(`${world.functions.controlUrl}/control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

it.each<[FaultName, number, string]>([
  ['throttle', 6, '429'],
  ['unavailable', 6, '503'],
  ['htmlFromProxy', 4, '502'],
  ['hang', 3, 'TIMEOUT'],
  ['drip', 3, 'TIMEOUT'],
  ['reset', 4, 'ECONNRESET'],
  ['resetMidBody', 4, ''],
  ['truncatedBody', 4, ''],
  ['wrongLength', 2, ''],
])('settles each photo once though the endpoint meets it with %s', async (name, count, shown) => {
  log = [];
  world.prediction.control.faults.add(name, { count });

  const names = await uploadPhotos(3);

  await expectSettled(names);
  // A throttled call that gets another turn at once is no news.
  const said = log.filter((line) => line.includes('parkedBecause'));
  if (said.length > 0) expect(said.join('\n')).toContain(shown);
});

it.each<StorageFault>([
  { name: 'serverBusy', share: 0.3, durationMs: 3_000 },
  { name: 'operationTimeout', share: 0.2, durationMs: 3_000 },
  { name: 'lostAnswer', count: 6, method: 'PUT', container: 'results' },
  { name: 'lostAnswer', count: 6, method: 'PUT', container: 'inflight' },
  { name: 'reset', share: 0.2, durationMs: 3_000, service: 'blob' },
])(
  'settles each photo once though storage meets it with $name (container $container)',
  async (fault) => {
    await world.storage.addFault(fault);

    const names = await uploadPhotos(4);

    await expectSettled(names);
    await world.storage.clearFaults();
  },
);

it('announces each outcome though the hub is busy and then cuts its connections', async () => {
  world.eventHub.control.faults.add({ name: 'busy', count: 6 });
  const names = await uploadPhotos(3);
  world.eventHub.control.faults.add({ name: 'dropConnections' });

  await expectSettled(names);
  world.eventHub.control.faults.clear();
});

it('settles each photo once though the app’s process crashes with calls in flight', async () => {
  world.prediction.control.setLatency({ fixedMs: 1_000 });
  const before = world.prediction.stats().calls;
  const names = await uploadPhotos(4);
  await vi.waitFor(() => expect(world.prediction.stats().inFlight).toBeGreaterThan(0), patience);

  await hostControl('worker/crash', {});
  world.prediction.control.setLatency({ fixedMs: 0 });

  await expectSettled(names);
  expect(world.prediction.stats().calls - before).toBeLessThanOrEqual(2 * names.length);
});

it('pays once for photos whose events come twice, late and after one of an empty blob', async () => {
  const before = world.prediction.stats().calls;
  for (const what of ['duplicate', 'intermediate', 'reorder']) {
    await hostControl('blobEvents', { do: what, count: 2 });
  }

  const names = await uploadPhotos(6);

  await expectSettled(names);
  expect(world.prediction.stats().calls - before).toBe(names.length);
});

it('finds photos whose events never came, and says so', async () => {
  log = [];
  await hostControl('blobEvents', { do: 'drop', count: 2 });
  const names = await uploadPhotos(2);

  await vi.waitFor(async () => {
    await hostControl('timers', { function: 'reconcilePhotos' });
    expect(log.join('\n')).toContain('neverDelivered');
  }, patience);

  await expectSettled(names);
});

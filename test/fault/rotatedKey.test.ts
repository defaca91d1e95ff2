/** A key is made anew while photos are worked on: with two keys nobody waits, and nobody is asked. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startWorld, type World } from '../../local/world.ts';
import { goodPhoto } from '../helpers/badPhotos.ts';
import { type WorldClient, worldClient } from '../helpers/worldClient.ts';

const patience = { timeout: 90_000, interval: 50 };
const keys = { key: 'rotated0key1of2', secondKey: 'rotated0key2of2' };
const photosPerKey = 20;
const inFlightCount = 8;
const log: string[] = [];
let world: World;
let client: WorldClient;

beforeAll(async () => {
  world = await startWorld({
    telemetry: true,
    prediction: {
      scoring: 'fixed',
      publishedName: 'parts',
      latency: { fixedMs: 100 },
      ...keys,
    },
    settings: {
      PREDICTION_KEY: keys.key,
      PREDICTION_SECOND_KEY: keys.secondKey,
      MAX_PHOTOS_IN_FLIGHT: String(inFlightCount),
    },
    onLog: ({ message }) => log.push(message),
  });
  client = worldClient(world);
});
afterAll(async () => {
  await client.close();
  await world.stop();
});

async function upload(folder: string): Promise<void> {
  const jpeg = await goodPhoto();
  const names = Array.from({ length: photosPerKey }, (_, index) => `${folder}/${index}.jpg`);
  await Promise.all(names.map((name) => client.upload(name, jpeg)));
}

function refusedCount(): number {
  return world.prediction.stats().byStatus['401'] ?? 0;
}

async function rotatedAmidst(folder: string, keyName: 'key1' | 'key2', value?: string) {
  const { control, stats } = world.prediction;
  const before = stats().answered;
  await upload(folder);
  await vi.waitFor(() => expect(stats().answered).toBeGreaterThan(before), patience);
  control.rotateKey({ keyName, ...(value === undefined ? {} : { value }) });
}

it('predicts every photo without parking one while its keys are rotated, and says so', async () => {
  await rotatedAmidst('first', 'key1');
  const toldOf = (key: string) => `refuses the key in ${key}; calls go on with the other one`;
  await vi.waitFor(() => expect(log.join('\n')).toContain(toldOf('PREDICTION_KEY')), patience);
  const refusedByFirst = refusedCount();
  // The first one is there again: now the second may go.
  world.prediction.control.rotateKey({ keyName: 'key1', value: keys.key });
  await rotatedAmidst('second', 'key2');

  await vi.waitFor(async () => {
    const documents = await client.documents();
    expect(documents.map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 2 * photosPerKey }, () => 'predicted'),
    );
    expect(documents.filter(({ attempts }) => attempts.deferralCount > 0)).toEqual([]);
    expect(log.join('\n')).toContain(toldOf('PREDICTION_SECOND_KEY'));
    const told = world.telemetry?.rows('customEvents', { name: 'key.refused' }) ?? [];
    const refused = told.map(({ customDimensions }) => customDimensions['refusedKey']);
    expect([...new Set(refused)]).toEqual(['first', 'second']);
  }, patience);
  // No more than were under way when the key was made anew.
  expect(refusedByFirst).toBeGreaterThan(0);
  expect(refusedByFirst).toBeLessThanOrEqual(inFlightCount);
  expect(refusedCount() - refusedByFirst).toBeLessThanOrEqual(inFlightCount);
  expect(log.filter((line) => line.includes(toldOf('PREDICTION_KEY')))).toHaveLength(1);
  expect(log.join('\n')).not.toMatch(/misconfigured|rotated0key/);
});

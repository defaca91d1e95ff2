/** Another iteration is published under the name that was asked for: no failure, but never unseen. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FunctionsHost } from '../../local/functionsHost/options.ts';
import { prepareFurtherHost, startFunctionsPart } from '../../local/parts/functions.ts';
import { type Backends, startBackends } from '../../local/world.ts';
import { goodPhoto } from '../helpers/badPhotos.ts';
import { type WorldClient, worldClient } from '../helpers/worldClient.ts';

const patience = { timeout: 60_000, interval: 100 };
const log: string[] = [];
let backends: Backends;
let client: WorldClient;
let host: FunctionsHost;
let expected: string;

beforeEach(async () => {
  const prediction = { scoring: 'fixed', publishedName: 'parts' } as const;
  backends = await startBackends({ prediction, telemetry: true });
  client = worldClient(backends);
  expected = backends.prediction.iterationId;
  const prepared = prepareFurtherHost({ onLog: ({ message }) => log.push(message) });
  const settings = { ...backends.settings, PREDICTION_ITERATION_ID: expected };
  host = await startFunctionsPart(prepared, {}, settings);
});
afterEach(async () => {
  await client.close();
  await host.stop();
  await backends.stop();
});

async function probe(): Promise<void> {
  await fetch(`${host.controlUrl}/control/timers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ function: 'probeEndpoint' }),
  });
}

/** By photo, which iteration its outcome names. */
async function iterations(): Promise<Record<string, string | undefined>> {
  const documents = await client.documents();
  return Object.fromEntries(
    documents.map(({ photo, model }) => [photo?.blobName ?? '', model.iterationId]),
  );
}

it('stores outcomes under the iteration that answered, and tells that it is not the expected one', async () => {
  await client.upload('before.jpg', await goodPhoto(0.1));
  await vi.waitFor(
    async () => expect(await iterations()).toEqual({ 'before.jpg': expected }),
    patience,
  );
  await probe();
  expect(log.join('\n')).not.toContain('answers, not');

  const [model] = backends.prediction.control.models();
  const target = { projectId: model?.projectId ?? '', publishedName: 'parts' };
  const trained = backends.prediction.control.retrain(target);
  await client.upload('after.jpg', await goodPhoto(0.5));

  await vi.waitFor(async () => {
    expect(await iterations()).toEqual({ 'before.jpg': expected, 'after.jpg': trained });
  }, patience);
  await probe();
  await vi.waitFor(() => {
    expect(log.join('\n')).toContain(`iteration ${trained} answers, not ${expected}`);
    const told = backends.telemetry?.rows('availabilityResults').map(({ success }) => success);
    expect(told).toEqual(expect.arrayContaining([true, false]));
  }, patience);
  const event = client.events.find(({ data }) => data.photo?.blobName === 'after.jpg');
  expect(event?.data.model).toMatchObject({ iterationId: trained, expectedIterationId: expected });
});

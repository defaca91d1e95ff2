/** What operators see of a whole world, through the real exporter, from the app's own telling. */
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { firstLook } from '../../local/firstLook.ts';
import type { TelemetryCollector } from '../../local/telemetryCollector/startTelemetryCollector.ts';
import type { Row, Table } from '../../local/telemetryCollector/tables/row.ts';
import { startWorld, type World } from '../../local/world.ts';
import { readTraceparent } from '../../shared/telemetry/traceparent.ts';
import { goodPhoto } from '../helpers/badPhotos.ts';
import { capturePointer, type WorldClient, worldClient } from '../helpers/worldClient.ts';

const jpeg = await goodPhoto();
const sent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const patience = { timeout: 30_000, interval: 100 };
let world: World;
let client: WorldClient;
let collector: TelemetryCollector;

beforeAll(async () => {
  world = await startWorld({
    telemetry: true,
    prediction: { scoring: 'fixed', publishedName: 'parts' },
    settings: {
      QUOTA_CALLS_PER_SECOND: '20',
      QUOTA_WAIT_BUDGET_MS: '4000',
      PROBE_PHOTO: 'line-photos/golden.jpg',
    },
  });
  client = worldClient(world);
  if (!world.telemetry) throw new Error('there is no collector');
  collector = world.telemetry;
});
afterAll(async () => {
  await client.close();
  await world.stop();
});

function rowsOf(table: Table, name: string): Row[] {
  return collector.rows(table, { name });
}

/** The outcome's event of a photo, once it arrived. */
function settledEvent(blobName: string): Promise<Row> {
  return vi.waitFor(() => {
    const found = rowsOf('customEvents', 'photo.settled').find(
      ({ customDimensions }) => customDimensions['photo'] === `photos/${blobName}`,
    );
    if (!found) throw new Error(`nothing was told of ${blobName}`);
    return found;
  }, patience);
}

/** Everything of one operation, once rows by these names are there. */
function traceWith(operationId: string, ...names: readonly (string | RegExp)[]): Promise<Row[]> {
  return vi.waitFor(() => {
    const tables = ['requests', 'dependencies', 'traces', 'customEvents'] as const;
    const rows = tables.flatMap((table) => collector.rows(table));
    const own = rows.filter(({ operation_Id }) => operation_Id === operationId);
    for (const name of names) {
      const text = own.map((row) => row.name).join('\n');
      expect(text).toMatch(name);
    }
    return own;
  }, patience);
}

/** Runs a timer now; answers when it is through. */
async function run(functionName: string): Promise<void> {
  const response = await fetch(`${world.functions.controlUrl}/control/timers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ function: functionName }),
  });
  expect(response.status).toBe(200);
}

describe('one photo', () => {
  it('is one trace, with its calls to storage, the endpoint and the hub', async () => {
    await client.upload('told/a.jpg', jpeg, { site: 'store-7' });
    const event = await settledEvent('told/a.jpg');

    const trace = await traceWith(
      event.operation_Id,
      'predictOnUpload',
      'process photo',
      'EventHubProducerClient.sendBatch',
      /^POST \/customvision\//m,
      'GET photos',
      '"predicted":1',
    );

    const calls = trace.filter(({ name }) => name.startsWith('POST /customvision/'));
    expect(calls).toMatchObject([{ success: true, resultCode: '200' }]);
    expect(trace.filter(({ table }) => table === 'requests')).toHaveLength(1);
    expect(event.customDimensions).toMatchObject({ site: 'store-7', outcome: 'predicted' });
    const stages = ['pickupMs', 'readMs', 'predictMs', 'recordMs', 'publishMs', 'endToEndMs'];
    for (const stage of stages) expect(event.customMeasurements[stage]).toBeGreaterThan(0);
  });

  it("goes on in a camera event's trace, and hands it to who reads the result", async () => {
    await client.upload('told/b.jpg', jpeg, {}, 'line-photos');
    const pointer = capturePointer({ container: 'line-photos', blobName: 'told/b.jpg' });
    const event = { ...pointer, properties: { traceparent: sent } };
    await client.send(event);

    await traceWith('4bf92f3577b34da6a3ce929d0e0e4736', 'process photo');
    const result = await vi.waitFor(() => {
      const found = client.events.find(({ subject }) => subject === 'line-photos/told/b.jpg');
      if (!found) throw new Error('not announced yet');
      return found;
    }, patience);
    expect(readTraceparent(result.traceparent)?.traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  });

  it('stays one trace when it is throttled, parked and drained, and the refusal is a failed call', async () => {
    world.prediction.control.faults.add('throttle', { count: 1, retryAfterSeconds: 5 });
    await client.upload('told/c.jpg', jpeg);
    const event = await settledEvent('told/c.jpg');

    const trace = await vi.waitFor(() => {
      const rows = collector.rows('dependencies').concat(collector.rows('requests'));
      const own = rows.filter(({ operation_Id }) => operation_Id === event.operation_Id);
      expect(own.filter(({ name }) => name === 'process photo')).toHaveLength(2);
      return own;
    }, patience);

    const calls = trace.filter(({ name }) => name.startsWith('POST /customvision/'));
    expect(calls.map(({ resultCode, success }) => [resultCode, success])).toEqual([
      ['429', false],
      ['200', true],
    ]);
    expect(event.customMeasurements['deferralCount']).toBe(1);
    const parked = rowsOf('customEvents', 'photo.parked');
    expect(parked.map(({ operation_Id }) => operation_Id)).toContain(event.operation_Id);
  });
});

describe('what can not be sent', () => {
  it('waits in a folder that goes with the world, where no other world finds it', async () => {
    collector.faults.add({ kind: 'status', status: 503, share: 1 });
    await client.upload('told/d.jpg', jpeg);

    const kept = () =>
      readdirSync(collector.storageDirectory, { recursive: true, encoding: 'utf8' }).filter(
        (file) => file.endsWith('.ai.json'),
      );
    await vi.waitFor(() => expect(kept()).not.toEqual([]), patience);
    collector.faults.clear();
    expect(dirname(collector.storageDirectory)).toBe(dirname(collector.authorityFile));
  });
});

describe('the timers', () => {
  it('are run once at the start of the local world, and whenever its page asks', async () => {
    const readings = () => rowsOf('customMetrics', 'sightglass.quota.headroom').length;
    await firstLook(world);
    await vi.waitFor(() => expect(readings()).toBe(1), patience);

    const order = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    const answer = await fetch(`${collector.controlUrl}/control/look`, order);

    expect(answer.status).toBe(200);
    await vi.waitFor(() => expect(readings()).toBe(2), patience);
    expect(await (await fetch(`${collector.pageUrl}board`)).json()).toMatchObject({
      canLook: true,
    });
  });

  it('tell quota, backlog, claims and lag, each time they look', async () => {
    await run('reportQuota');

    const names = ['quota.headroom', 'parked.messages', 'ledger.in_flight', 'events.lag'];
    await vi.waitFor(() => {
      const told = collector.rows('customMetrics').map(({ name }) => name);
      for (const name of names) expect(told).toContain(`sightglass.${name}`);
    }, patience);
    const lag = rowsOf('customMetrics', 'sightglass.events.lag');
    expect(new Set(lag.map(({ customDimensions }) => customDimensions['partition'])).size).toBe(2);
  });

  it('tell whether the published endpoint answers the golden photo, or that there is none', async () => {
    const probes = () => collector.rows('availabilityResults');
    await run('probeEndpoint');
    const because = 'PROBE_PHOTO: there is no photo at line-photos/golden.jpg (missing)';
    const isGone = { success: false, message: because };
    await vi.waitFor(() => expect(probes().at(-1)).toMatchObject(isGone), patience);

    await client.upload('golden.jpg', jpeg, {}, 'line-photos');
    await run('probeEndpoint');

    const isFine = { success: true, message: 'as expected' };
    await vi.waitFor(() => expect(probes().at(-1)).toMatchObject(isFine), patience);
  });

  it('count every stored photo once the reconciliation is through', async () => {
    await run('reconcilePhotos');

    await vi.waitFor(() => {
      const told = rowsOf('customMetrics', 'sightglass.photos.accounted');
      const sums = Object.fromEntries(
        told.map(({ customDimensions, valueSum }) => [customDimensions['photoState'], valueSum]),
      );
      expect(sums).toMatchObject({ missing: 0, dead: 0, unreadable: 0 });
    }, patience);
  });
});

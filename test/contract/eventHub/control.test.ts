/** The control interface: the dials of the event hub over HTTP, for tests, demo and scripts. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { clientsOf, failureCodes, noRetry, read } from './helpers/clients.ts';
import { standInOnly } from './helpers/target.ts';

let hub: EventHub;
beforeAll(async () => {
  const hubs = [{ name: 'photos', partitionCount: 1, consumerGroups: ['app'] }];
  hub = await startEventHub({ hubs, key: 'a-secret-key' });
});
afterAll(() => hub.stop());
const { producer, consumer } = clientsOf(() => hub.connectionString);

async function command(method: string, path: string, body?: unknown) {
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const options = body === undefined ? {} : json;
  const response = await fetch(`${hub.controlUrl}${path}`, { method, ...options });
  return { status: response.status, body: await response.json() };
}

standInOnly('control interface', () => {
  it('says what is in force, and never the key', async () => {
    const { body } = await command('GET', '/control');

    expect(body).toEqual({
      port: hub.port,
      tls: false,
      throughputUnits: null,
      retention: {},
      clockOffsetMs: 0,
      hubs: [
        {
          name: 'photos',
          consumerGroups: ['$default', 'app'],
          partitions: [{ id: '0', firstSequenceNumber: 0, lastSequenceNumber: null }],
        },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('a-secret-key');
  });

  it('answers the health question as the emulator does', async () => {
    const health = await command('GET', '/health');

    expect(health).toEqual({
      status: 200,
      body: { status: 'healthy', message: 'Service is healthy.' },
    });
  });

  it('orders faults and takes them back', async () => {
    const busy = { name: 'busy', count: 3 };
    expect(await command('POST', '/control/faults', busy)).toEqual({ status: 200, body: [busy] });
    const send = () => failureCodes(producer('photos', noRetry).sendBatch([{ body: 1 }]));

    expect(await send()).toEqual(['ServerBusyError']);
    expect((await command('GET', '/control/faults')).body).toEqual([{ name: 'busy', count: 2 }]);
    expect((await command('DELETE', '/control/faults')).body).toEqual([]);
    expect(await send()).toEqual([]);
    expect((await command('GET', '/control/stats')).body).toMatchObject({ rejectedSendCount: 1 });
  });

  it('refuses what it does not know with 400', async () => {
    const wrong: [string, string, unknown][] = [
      ['POST', '/control/faults', { name: 'explode' }],
      ['POST', '/control/faults', { name: 'busy', amount: 3 }],
      ['POST', '/control/faults', { name: 'reject', condition: 'amqp:whatever' }],
      ['POST', '/control/faults', { name: 'slow' }],
      ['PUT', '/control/throughputUnits', { units: 0 }],
      ['PUT', '/control/retention', { maxAge: 1 }],
      ['PUT', '/control/clock', { offsetMs: 'tomorrow' }],
    ];

    for (const [method, path, body] of wrong) {
      expect((await command(method, path, body)).status).toBe(400);
    }
    expect((await command('GET', '/control/faults')).body).toEqual([]);
  });

  it('changes the retention, and what is no longer kept is gone at once', async () => {
    await producer().sendBatch([1, 2, 3].map((body) => ({ body })));

    const set = await command('PUT', '/control/retention', { maxEventCount: 1 });

    expect(set.body).toEqual({ maxEventCount: 1 });
    const [event] = await read(consumer(), '0').received(1);
    expect(event?.body).toBe(3);
    expect((await command('PUT', '/control/retention', null)).body).toEqual({});
  });

  it('shifts the clock that events are stamped with', async () => {
    const dayMs = 86_400_000;
    const nowMs = Date.now();
    expect((await command('PUT', '/control/clock', { offsetMs: dayMs })).status).toBe(200);

    await producer().sendBatch([{ body: 'tomorrow' }]);

    const { lastEnqueuedOnUtc } = await producer().getPartitionProperties('0');
    expect(lastEnqueuedOnUtc.getTime()).toBeGreaterThanOrEqual(nowMs + dayMs);
    await command('PUT', '/control/clock', { offsetMs: 0 });
  });

  it('sets and lifts the throughput units', async () => {
    const set = await command('PUT', '/control/throughputUnits', { units: 2 });

    expect(set.body).toEqual({ units: 2 });
    expect((await command('GET', '/control')).body).toMatchObject({ throughputUnits: 2 });
    expect((await command('PUT', '/control/throughputUnits', null)).body).toBeNull();
  });

  it('leaves the port of the hub free where its own port is taken', async () => {
    const taken = Number(new URL(hub.controlUrl).port);
    const hubs = [{ name: 'photos', partitionCount: 1 }];
    const free = await startEventHub({ hubs });
    await free.stop();

    await expect(
      startEventHub({ hubs, port: free.port, controlPort: taken }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });

    const again = await startEventHub({ hubs, port: free.port });
    await again.stop();
  });
});

/** Callers that keep the hub waiting, or would make it hold what they only announce. */
import { connect as connectTls } from 'node:tls';
import { EventHubProducerClient } from '@azure/event-hubs';
import { afterEach, expect, it } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { beginning, bombs, type StayingCaller, stay } from '../../helpers/hostile.ts';
import { standInOnly } from './helpers/target.ts';

type Limits = NonNullable<Parameters<typeof startEventHub>[0]['idleLimits']>;

const hubs = [{ name: 'photos', partitionCount: 1, consumerGroups: [] }];
const patience = { timeout: 10_000 };

standInOnly('callers that stay', () => {
  let hub: EventHub;
  const callers: StayingCaller[] = [];

  async function start(idleLimits: Limits, tls = false): Promise<void> {
    hub = await startEventHub({ hubs, idleLimits, tls });
  }

  async function call(...bytes: readonly Buffer[]): Promise<StayingCaller> {
    const caller = await stay(hub.port, ...bytes);
    callers.push(caller);
    return caller;
  }

  async function expectCut(): Promise<void> {
    await expect.poll(() => hub.stats().connectionCount, patience).toBe(0);
    const producer = new EventHubProducerClient(hub.connectionString, 'photos');
    await producer.sendBatch([{ body: 'served' }]);
    await producer.close();
    await expect.poll(() => hub.stats().connectionCount, patience).toBe(0);
  }

  afterEach(async () => {
    for (const { socket } of callers.splice(0)) socket.destroy();
    await hub.stop();
  });

  it('answers a declared frame above its limit with a framing error, and cuts', async () => {
    await start({ goodbyeMs: 100 });
    const caller = await call(beginning.open, beginning.declared(0x7fffffff));

    await expect.poll(caller.heard, patience).toContain('amqp:connection:framing-error');
    await expectCut();
  });

  it('waits for a frame of exactly its limit', async () => {
    await start({ frameMs: 200, goodbyeMs: 100 });
    const caller = await call(beginning.open, beginning.declared(65_536));

    await expect.poll(caller.heard, patience).toContain('amqp:connection:forced');
    expect(caller.heard()).not.toContain('framing-error');
    await expectCut();
  });

  it('cuts who does not finish a frame, however steadily its bytes drip', async () => {
    await start({ frameMs: 200, goodbyeMs: 100 });
    const { socket } = await call(beginning.open, beginning.declared(65_536));
    const dripping = setInterval(() => socket.write('\0'), 20);

    await expectCut();

    clearInterval(dripping);
  });

  it('cuts who does not answer the goodbye to a connection without links', async () => {
    await start({ connectionMs: 0, goodbyeMs: 100 });
    const caller = await call(beginning.open);

    await expect.poll(caller.heard, patience).toContain('did not have any active links');
    await expect.poll(() => hub.stats().connectionCount, patience).toBe(0);
  });

  it('cuts who sends a protocol header and nothing more', async () => {
    await start({ connectionMs: 0, goodbyeMs: 100 });
    const caller = await call(beginning.header);

    await expect.poll(caller.heard, patience).toContain('AMQP');
    await expect.poll(() => hub.stats().connectionCount, patience).toBe(0);
  });

  it('counts nobody who stays after a protocol error', async () => {
    await start({ goodbyeMs: 100 });
    const caller = await call(beginning.open, beginning.open.subarray(8));

    await expect.poll(() => caller.socket.readableEnded, patience).toBe(true);
    await expectCut();
  });

  it.each(Object.entries(bombs))('cuts who sends %s, and serves on', async (_, bytes) => {
    await start({ goodbyeMs: 100 });
    const caller = await call(bytes);

    await expect.poll(() => caller.socket.readableEnded, patience).toBe(true);
    await expectCut();
  });

  it('cuts an HTTP beginning whose headers never end', async () => {
    await start({ beginMs: 100 });
    const { socket } = await call(Buffer.from('GET /$servicebus/websocket HTTP/1.1\r\nX: '));

    await expect.poll(() => socket.readableEnded || socket.destroyed, patience).toBe(true);
  });

  it('cuts who says nothing, or nothing inside TLS', async () => {
    await start({ beginMs: 1_000 }, true);
    const { socket } = await call();
    const inside = connectTls({ port: hub.port, ca: hub.tls?.authorityPem, host: 'localhost' });
    let isSecure = false;
    inside.on('secureConnect', () => {
      isSecure = true;
    });
    inside.on('error', () => {});

    await expect.poll(() => socket.readableEnded, patience).toBe(true);
    await expect.poll(() => inside.closed, patience).toBe(true);
    expect(isSecure).toBe(true);
  });
});

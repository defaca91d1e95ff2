/** The ways in: TLS with a certificate of its own, WebSockets, and identities instead of keys. */
import { readFile } from 'node:fs/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { EventHubConsumerClient, EventHubProducerClient } from '@azure/event-hubs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { failureCodes, impatient, noRetry, read } from './helpers/clients.ts';
import { standInOnly } from './helpers/target.ts';

let hub: EventHub;
const trusted = getCACertificates('default');

beforeAll(async () => {
  const hubs = [{ name: 'photos', partitionCount: 1, consumerGroups: ['app'] }];
  hub = await startEventHub({ hubs, tls: true, acceptsJwt: true });
});
afterAll(async () => {
  setDefaultCACertificates(trusted);
  await hub.stop();
});

/** @returns the codes of what went wrong, none when the event came back. */
async function roundTrip(
  producer: EventHubProducerClient,
  consumer: EventHubConsumerClient,
): Promise<string[]> {
  try {
    const body = crypto.randomUUID();
    const codes = await failureCodes(producer.sendBatch([{ body }]));
    if (codes.length > 0) return codes;
    const reading = read(consumer, '0');
    for (let count = 1; ; count += 1) {
      const events = await reading.received(count);
      if (events.some((event) => event.body === body)) return [];
    }
  } finally {
    await Promise.all([producer.close(), consumer.close()]);
  }
}

function clients(connectionString: string, options = impatient) {
  const producer = new EventHubProducerClient(connectionString, 'photos', options);
  const consumer = new EventHubConsumerClient('app', connectionString, 'photos', options);
  return [producer, consumer] as const;
}

function tls() {
  if (!hub.tls) throw new Error('the hub was started without TLS');
  return hub.tls;
}

/** A credential whose tokens say themselves when they end. */
function credentialUntil(expiresAtMs: number) {
  const payload = Buffer.from(JSON.stringify({ exp: expiresAtMs / 1000 })).toString('base64url');
  const token = { token: `e30.${payload}.x`, expiresOnTimestamp: Date.now() + 3_600_000 };
  return { getToken: async () => token };
}

standInOnly('transports', () => {
  it('refuses no one who comes without TLS on the same port', async () => {
    expect(await roundTrip(...clients(hub.connectionString))).toEqual([]);
  });

  it('is not trusted over TLS by a client that does not know the authority', async () => {
    const producer = new EventHubProducerClient(tls().connectionString, 'photos', noRetry);

    expect(await failureCodes(producer.getPartitionIds())).not.toEqual([]);
    await producer.close();
  });

  it('speaks AMQP over TLS', async () => {
    setDefaultCACertificates([...trusted, tls().authorityPem]);

    expect(await roundTrip(...clients(tls().connectionString))).toEqual([]);
  });

  it('speaks AMQP over WebSockets', async () => {
    const webSocketOptions = {
      webSocket: WebSocket,
      webSocketConstructorOptions: { ca: tls().authorityPem },
    };

    const options = { ...impatient, webSocketOptions };
    expect(await roundTrip(...clients(tls().connectionString, options))).toEqual([]);
    expect(await roundTrip(...clients(hub.connectionString, options))).toEqual([]);
  });

  it('hands its authority out as a file too, and takes it away when it stops', async () => {
    const hubs = [{ name: 'photos', partitionCount: 1 }];
    const other = await startEventHub({ hubs, tls: true });
    const { authorityFile = '', authorityPem } = other.tls ?? {};
    expect(await readFile(authorityFile, 'utf8')).toBe(authorityPem);
    // No two starts share an authority.
    expect(authorityPem).not.toBe(tls().authorityPem);

    await other.stop();

    await expect(readFile(authorityFile)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('listens on any address of the loopback network, and on no other', async () => {
    const hubs = [{ name: 'photos', partitionCount: 1, consumerGroups: ['app'] }];
    const other = await startEventHub({ hubs, host: '127.31.41.59' });

    expect(other.connectionString).toContain(`sb://127.31.41.59:${other.port};`);
    expect(await roundTrip(...clients(other.connectionString))).toEqual([]);
    await other.stop();

    await expect(startEventHub({ hubs, host: '0.0.0.0' })).rejects.toThrow('127.x.y.z only');
  });

  it('takes a token credential over TLS', async () => {
    setDefaultCACertificates([...trusted, tls().authorityPem]);
    const credential = credentialUntil(Date.now() + 3_600_000);
    const options = { ...impatient, customEndpointAddress: `sb://localhost:${hub.port}` };

    const producer = new EventHubProducerClient('localhost', 'photos', credential, options);
    const consumer = new EventHubConsumerClient('app', 'localhost', 'photos', credential, options);

    expect(await roundTrip(producer, consumer)).toEqual([]);
  });

  it('refuses a token credential whose token has expired', async () => {
    setDefaultCACertificates([...trusted, tls().authorityPem]);
    const credential = credentialUntil(1000);
    const options = { ...noRetry, customEndpointAddress: `sb://localhost:${hub.port}` };
    const producer = new EventHubProducerClient('localhost', 'photos', credential, options);

    expect(await failureCodes(producer.getPartitionIds())).toEqual(['UnauthorizedError']);
    await producer.close();
  });

  it('answers a WebSocket elsewhere than at its path with 404', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${hub.port}/elsewhere`, ['AMQPWSB10']);
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    socket.on('unexpected-response', (_, response) => resolve(response.resume().statusCode));

    expect(await promise).toBe(404);
  });

  it.each([
    ['speaks AMQP over WebSockets without TLS', 'websocket'],
    ['speaks AMQP over WebSockets at the path that .NET ends with a slash', 'websocket/'],
  ])('%s', async (_, path) => {
    const socket = new WebSocket(`ws://127.0.0.1:${hub.port}/$servicebus/${path}`, 'AMQPWSB10');
    const { promise, resolve } = Promise.withResolvers<string>();
    const header = Buffer.from('AMQP\u0000\u0001\u0000\u0000');

    socket.once('open', () => socket.send(header));
    socket.once('message', (bytes: Buffer) => resolve(bytes.toString('latin1', 0, 4)));

    expect(await promise).toBe('AMQP');
    socket.terminate();
  });
});

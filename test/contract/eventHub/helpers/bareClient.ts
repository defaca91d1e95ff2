/** A bare AMQP connection, below the SDK: links and tokens by hand. */
import { createHmac } from 'node:crypto';
import rhea, { type Connection, type EventContext, type Receiver, type Sender } from 'rhea';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { type EventHub, startEventHub } from '../../../../local/eventHub/startEventHub.ts';

export function next(
  emitter: Connection | Receiver | Sender,
  event: string,
): Promise<EventContext> {
  const { promise, resolve } = Promise.withResolvers<EventContext>();
  emitter.once(event, resolve);
  return promise;
}

export const addressOf = (id: string): string => `photos/ConsumerGroups/app/Partitions/${id}`;

interface Token {
  /** How long it opens its path. */
  readonly validMs?: number;
  /** What it is signed for, where that is not what it is put for. */
  readonly signedPath?: string;
}

/** A hub for a test file, with a clock of its own, and connections that end with each test. */
export function bareClient() {
  let hub: EventHub | undefined;
  let nowMs = Date.now();
  const connections: Connection[] = [];
  const world = {
    hub(): EventHub {
      if (!hub) throw new Error('the hub has not started yet');
      return hub;
    },
    nowMs: () => nowMs,
    passTime(durationMs: number) {
      nowMs += durationMs;
    },
  };
  beforeAll(async () => {
    const hubs = [{ name: 'photos', partitionCount: 2, consumerGroups: ['app'] }];
    hub = await startEventHub({ hubs, nowMs: world.nowMs });
  });
  afterAll(() => world.hub().stop());
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.close();
    // Seats at a partition are free again only then.
    await vi.waitUntil(() => world.hub().stats().readerCount === 0, { timeout: 10_000 });
  });

  function connect(): Connection {
    const container = rhea.create_container();
    container.on('error', () => {});
    container.on('disconnected', () => {});
    const connection = container.connect({
      host: '127.0.0.1',
      port: world.hub().port,
      reconnect: false,
    });
    connections.push(connection);
    return connection;
  }

  function signature(path: string, validMs = 3_600_000): string {
    const resource = encodeURIComponent(`sb://127.0.0.1:${world.hub().port}/${path}`);
    const expiry = Math.floor((world.nowMs() + validMs) / 1000);
    const hash = createHmac('sha256', 'SAS_KEY_VALUE').update(`${resource}\n${expiry}`);
    const sig = encodeURIComponent(hash.digest('base64'));
    return `SharedAccessSignature sr=${resource}&sig=${sig}&se=${expiry}&skn=RootManageSharedAccessKey`;
  }

  async function putToken(
    connection: Connection,
    path: string,
    { validMs, signedPath = path }: Token = {},
  ): Promise<unknown> {
    const replies = connection.open_receiver({
      source: '$cbs',
      name: `reply-${crypto.randomUUID()}`,
    });
    const answer = next(replies, 'message');
    const requests = connection.open_sender({ target: '$cbs' });
    await next(requests, 'sendable');
    requests.send({
      message_id: '1',
      reply_to: replies.name,
      application_properties: {
        operation: 'put-token',
        type: 'servicebus.windows.net:sastoken',
        name: `sb://127.0.0.1:${world.hub().port}/${path}`,
      },
      body: signature(signedPath, validMs),
    });
    return (await answer).message?.['application_properties'];
  }

  async function connected(): Promise<Connection> {
    const connection = connect();
    await putToken(connection, 'photos');
    return connection;
  }

  async function send(connection: Connection, count: number, target: string): Promise<void> {
    const sender = connection.open_sender({ target });
    await next(sender, 'sendable');
    for (let index = 0; index < count; index += 1) {
      const accepted = next(sender, 'accepted');
      sender.send({ body: rhea.message.data_section(Buffer.from(String(index))) });
      await accepted;
    }
  }

  return { hub: world.hub, passTime: world.passTime, connect, putToken, connected, send };
}

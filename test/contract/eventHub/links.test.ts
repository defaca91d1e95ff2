/** The protocol below the SDK, asked by a bare AMQP connection: links, credit, tokens. */
import { createHmac } from 'node:crypto';
import rhea, { type Connection, type EventContext, type Receiver, type Sender } from 'rhea';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { standInOnly } from './helpers/target.ts';

let hub: EventHub;
let nowMs = Date.now();
beforeAll(async () => {
  const hubs = [{ name: 'photos', partitionCount: 2, consumerGroups: ['app'] }];
  hub = await startEventHub({ hubs, nowMs: () => nowMs });
});
afterAll(() => hub.stop());

const connections: Connection[] = [];
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  // Seats at a partition are free again only then.
  await vi.waitUntil(() => hub.stats().readerCount === 0, { timeout: 10_000 });
});

function connect(): Connection {
  const container = rhea.create_container();
  container.on('error', () => {});
  container.on('disconnected', () => {});
  const connection = container.connect({ host: '127.0.0.1', port: hub.port, reconnect: false });
  connections.push(connection);
  return connection;
}

function next(emitter: Connection | Receiver | Sender, event: string): Promise<EventContext> {
  const { promise, resolve } = Promise.withResolvers<EventContext>();
  emitter.once(event, resolve);
  return promise;
}

function signature(path: string, validMs = 3_600_000): string {
  const resource = encodeURIComponent(`sb://127.0.0.1:${hub.port}/${path}`);
  const expiry = Math.floor((nowMs + validMs) / 1000);
  const hash = createHmac('sha256', 'SAS_KEY_VALUE').update(`${resource}\n${expiry}`);
  const sig = encodeURIComponent(hash.digest('base64'));
  return `SharedAccessSignature sr=${resource}&sig=${sig}&se=${expiry}&skn=RootManageSharedAccessKey`;
}

interface Token {
  /** How long it opens its path. */
  readonly validMs?: number;
  /** What it is signed for, where that is not what it is put for. */
  readonly signedPath?: string;
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
      name: `sb://127.0.0.1:${hub.port}/${path}`,
    },
    body: signature(signedPath, validMs),
  });
  return (await answer).message?.['application_properties'];
}

const addressOf = (id: string): string => `photos/ConsumerGroups/app/Partitions/${id}`;

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

standInOnly('links', () => {
  it('gives no link without a token', async () => {
    const connection = connect();
    connection.open_sender('photos');
    const { sender } = await next(connection, 'sender_error');
    connection.open_receiver(addressOf('0'));
    const { receiver } = await next(connection, 'receiver_error');

    // Refused at once, not found out later.
    const description = expect.stringContaining('claims are required');
    const refusal = { condition: 'amqp:unauthorized-access', description };
    expect(sender?.error).toMatchObject(refusal);
    expect(receiver?.error).toMatchObject(refusal);
  });

  it('opens to a token only what it is for', async () => {
    const connection = connect();
    await putToken(connection, 'photos/Partitions/1');

    connection.open_sender('photos/Partitions/0');
    const { sender } = await next(connection, 'sender_error');
    await send(connection, 1, 'photos/Partitions/1');

    expect(sender?.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
  });

  it('keeps a link whose token was renewed, and detaches one whose token was not', async () => {
    const [renewed, forgotten] = [connect(), connect()];
    await putToken(renewed, 'photos', { validMs: 60_000 });
    await putToken(forgotten, 'photos', { validMs: 60_000 });
    const sender = renewed.open_sender('photos');
    const other = forgotten.open_sender('photos');
    await Promise.all([next(sender, 'sendable'), next(other, 'sendable')]);

    await putToken(renewed, 'photos', { validMs: 120_000 });
    nowMs += 61_000;
    const { sender: detached } = await next(other, 'sender_error');

    expect(detached?.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
    expect(sender.is_open()).toBe(true);
    await expect.poll(() => hub.stats().publisherCount).toBe(1);
  });

  it('refuses a token that is put for more than it is signed for', async () => {
    const token = { signedPath: 'photos/Partitions/1' };

    const reply = await putToken(connect(), 'photos', token);

    expect(reply).toMatchObject({
      'status-code': 401,
      'error-condition': 'com.microsoft:auth-failed',
    });
  });

  it('takes the token of an identity only where it was told to', async () => {
    const connection = connect();
    const sent = { type: 'jwt', name: 'sb://127.0.0.1/photos' };
    const replies = connection.open_receiver({ source: '$cbs', name: 'reply' });
    const answer = next(replies, 'message');
    const requests = connection.open_sender({ target: '$cbs' });
    await next(requests, 'sendable');

    requests.send({
      reply_to: 'reply',
      application_properties: { operation: 'put-token', ...sent },
      body: 'e30.e30.x',
    });

    expect((await answer).message?.['application_properties']).toMatchObject({
      'status-code': 401,
      'error-condition': 'com.microsoft:auth-failed',
    });
  });

  it('repeats name, source and target of a link, and says how large a message may be', async () => {
    const connection = await connected();
    const sender = connection.open_sender({ target: 'photos/Partitions/0', name: 'my-link' });
    await next(sender, 'sender_open');

    expect(sender.name).toBe('my-link');
    expect(sender.target?.address).toBe('photos/Partitions/0');
    expect(sender.max_message_size).toBe(1_048_576);
  });

  it('keeps two links of the same name apart in two sessions', async () => {
    const connection = await connected();
    const session = connection.create_session();
    session.begin();
    const first = connection.open_sender({ target: 'photos/Partitions/0', name: 'same' });
    const second = session.open_sender({ target: 'photos/Partitions/1', name: 'same' });
    await Promise.all([next(first, 'sendable'), next(second, 'sendable')]);
    const accepted = Promise.all([next(first, 'accepted'), next(second, 'accepted')]);

    first.send({ body: rhea.message.data_section(Buffer.from('1')) });
    second.send({ body: rhea.message.data_section(Buffer.from('2')) });

    await accepted;
  });

  it('opens a link again under the name of one that was closed', async () => {
    const connection = await connected();
    const first = connection.open_sender({ target: 'photos/Partitions/0', name: 'again' });
    await next(first, 'sendable');
    const closed = next(first, 'sender_close');
    first.close();
    await closed;

    const second = connection.open_sender({ target: 'photos/Partitions/0', name: 'again' });

    await next(second, 'sendable');
  });

  it('attaches a refused link first and then closes it with the reason', async () => {
    const connection = await connected();
    const receiver = connection.open_receiver({
      source: 'photos/ConsumerGroups/strangers/Partitions/0',
    });
    const opened = next(receiver, 'receiver_open');

    const { receiver: refused } = await next(receiver, 'receiver_error');

    await opened;
    expect(refused?.error).toMatchObject({ condition: 'amqp:not-found' });
  });

  it('refuses a reader that names no consumer group', async () => {
    const connection = await connected();
    connection.open_receiver('photos/Partitions/0');

    const { receiver } = await next(connection, 'receiver_error');

    expect(receiver?.error).toMatchObject({ condition: 'amqp:not-allowed' });
  });

  it('names both readers to the one that loses its partition', async () => {
    const connection = await connected();
    const open = (name: string, epoch: number): Receiver =>
      connection.open_receiver({
        source: addressOf('0'),
        properties: {
          'com.microsoft:receiver-name': name,
          'com.microsoft:epoch': rhea.types.wrap_long(epoch),
        },
      });
    const first = open('first', 0);
    await next(first, 'receiver_open');
    const lost = next(first, 'receiver_error');
    open('second', 1);

    expect((await lost).receiver?.error).toMatchObject({
      condition: 'amqp:link:stolen',
      description: expect.stringMatching(/'second' .* of '1' .* 'first' .* '0'/),
    });
  });

  it('names the readers that share a partition to the one that is too many', async () => {
    const connection = await connected();
    const open = (name: string): Receiver =>
      connection.open_receiver({
        source: addressOf('1'),
        properties: { 'com.microsoft:receiver-name': name },
      });
    const five = ['a', 'b', 'c', 'd', 'e'].map(open);
    await Promise.all(five.map((receiver) => next(receiver, 'receiver_open')));

    const { receiver } = await next(open('f'), 'receiver_error');

    expect(receiver?.error).toMatchObject({
      condition: 'amqp:resource-limit-exceeded',
      description: expect.stringContaining('receivers - a, b, c, d, e.'),
    });
  });

  it('delivers no more than the credit, and the rest with more credit', async () => {
    const connection = await connected();
    await send(connection, 8, 'photos/Partitions/1');
    const reader = connection.open_receiver({
      source: addressOf('1'),
      credit_window: 0,
      autoaccept: false,
    });
    let count = 0;
    reader.on('message', () => {
      count += 1;
    });
    await next(reader, 'receiver_open');

    reader.add_credit(5);
    await expect.poll(() => count).toBe(5);
    // A management answer comes after whatever else was on its way.
    await putToken(connection, 'photos');
    expect(count).toBe(5);
    reader.add_credit(2);

    await expect.poll(() => count).toBe(7);
  });

  it('gives unused credit back when the reader drains', async () => {
    const connection = await connected();
    const reader = connection.open_receiver({ source: addressOf('0'), credit_window: 0 });
    await next(reader, 'receiver_open');
    reader.add_credit(100_000);
    const drained = next(reader, 'receiver_drained');

    reader.drain_credit();
    await drained;

    expect(Reflect.get(reader, 'credit')).toBe(0);
  });

  it('stores nothing that comes over a link it has closed', async () => {
    const connection = await connected();
    const sender = connection.open_sender('photos/Partitions/0');
    await next(sender, 'sendable');
    const { receivedEventCount } = hub.stats();
    hub.control.faults.add({ name: 'detach', links: 'publishers' });
    const gone = next(sender, 'sender_error');

    // The client has not heard of it yet.
    sender.send({ body: rhea.message.data_section(Buffer.from('late')) });
    await gone;
    await putToken(connection, 'photos');

    expect(hub.stats().receivedEventCount).toBe(receivedEventCount);
  });

  it('refuses what is no AMQP message, and the link lives on', async () => {
    const connection = await connected();
    const sender = connection.open_sender('photos/Partitions/0');
    await next(sender, 'sendable');
    const rejected = next(sender, 'rejected');

    sender.send(Buffer.from('no message at all'), undefined, 0x80013700);

    expect((await rejected).delivery?.remote_state).toMatchObject({
      error: { condition: 'amqp:decode-error' },
    });
    const accepted = next(sender, 'accepted');
    sender.send({ body: rhea.message.data_section(Buffer.from('fine')) });
    await accepted;
  });
});

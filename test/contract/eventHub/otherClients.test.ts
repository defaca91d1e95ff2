/** Needs of clients in other languages, played by a bare AMQP connection. */

import type { Socket } from 'node:net';
import { EventHubProducerClient } from '@azure/event-hubs';
import rhea, { type Connection, type EventContext, type Receiver } from 'rhea';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';

let hub: EventHub;
beforeAll(async () => {
  hub = await startEventHub({ hubs: [{ name: 'photos', partitionCount: 1 }], acceptsJwt: true });
});
afterAll(() => hub.stop());

function connect(login: { username?: string; password?: string } = {}): Connection {
  const container = rhea.create_container();
  container.on('error', () => {});
  container.on('disconnected', () => {});
  return container.connect({ host: '127.0.0.1', port: hub.port, reconnect: false, ...login });
}

function next(emitter: Connection | Receiver, event: string): Promise<EventContext> {
  const { promise, resolve } = Promise.withResolvers<EventContext>();
  emitter.once(event, resolve);
  return promise;
}

/** The way Python asks: no reply-to, the answer comes on the link from the same node. */
async function putToken(connection: Connection): Promise<unknown> {
  const replies = connection.open_receiver({ source: '$cbs' });
  const answer = next(replies, 'message');
  const requests = connection.open_sender('$cbs');
  requests.once('sendable', () =>
    requests.send({
      message_id: 'one',
      application_properties: {
        operation: 'put-token',
        type: 'jwt',
        name: 'sb://127.0.0.1/photos',
      },
      body: 'ey.some.token',
    }),
  );
  return (await answer).message?.application_properties?.['status-code'];
}

const source = { address: 'photos/ConsumerGroups/$Default/Partitions/0' };

it('gives no link to a connection without a token', async () => {
  const connection = connect();
  connection.open_sender('photos');

  const { sender } = await next(connection, 'sender_error');

  expect(sender?.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
  connection.close();
});

it('takes the key itself with SASL PLAIN, as AMQPNetLite shows it, and no other', async () => {
  const username = 'RootManageSharedAccessKey';
  const connection = connect({ username, password: 'SAS_KEY_VALUE' });
  connection.open_sender('photos');
  await next(connection, 'sendable');
  connection.close();

  const refused = next(connect({ username, password: 'wrong' }), 'connection_error');

  expect((await refused).connection.is_open()).toBe(false);
});

const unauthorised = { 'status-code': 401, 'error-condition': 'amqp:unauthorized-access' };
const badToken = { security_token: 'SharedAccessSignature sr=a&sig=b&se=1&skn=c' };

it.each([
  [
    'takes the token of a management request, as .NET sends it',
    { security_token: 'ey.a.b' },
    { 'status-code': 200 },
  ],
  ['refuses a management request without any token', {}, unauthorised],
  ['refuses a management request with a bad token, in a way .NET knows', badToken, unauthorised],
])('%s', async (_, token, expected) => {
  const connection = connect();
  const replies = connection.open_receiver({ source: 'photos/$management' });
  const answer = next(replies, 'message');
  const requests = connection.open_sender('photos/$management');
  const question = { operation: 'READ', type: 'com.microsoft:eventhub', name: 'photos' };
  requests.once('sendable', () =>
    requests.send({ body: '', application_properties: { ...question, ...token } }),
  );

  const { message } = await answer;

  expect(message?.application_properties).toMatchObject(expected);
  connection.close();
});

it("attaches a refused link without the end that is the hub's, for which .NET waits", async () => {
  const connection = connect();
  await putToken(connection);
  connection.open_sender('nohub');

  const { sender } = await next(connection, 'sender_open');

  expect(sender?.target?.address).toBeUndefined();
  connection.close();
});

it.each([
  ['by its name', 'apache.org:selector-filter:string'],
  ['by its number', 0x0000_468c_0000_0004],
])('knows a selector %s, whatever the client calls it, as Proton does', async (_, descriptor) => {
  const connection = connect();
  await putToken(connection);
  const selector = rhea.types.wrap_described("what = 'ever'", descriptor);
  connection.open_receiver({ source: { ...source, filter: { selector } } });

  const { receiver } = await next(connection, 'receiver_error');

  expect(receiver?.error).toMatchObject({ condition: 'com.microsoft:argument-error' });
  connection.close();
});

it('leaves settling to a reader that takes both ways, as Proton does', async () => {
  const connection = connect();
  await putToken(connection);
  const sender = connection.open_sender('photos');
  const accepted = next(connection, 'accepted');
  sender.once('sendable', () => sender.send({ body: 'x' }));
  await accepted;

  const receiver = connection.open_receiver({ source, snd_settle_mode: 2, autoaccept: false });
  const { delivery } = await next(receiver, 'message');
  delivery?.accept();

  expect(delivery?.remote_settled).toBe(false);
  const acceptedBehind = next(connection, 'accepted');
  sender.send({ body: 'y' });
  await acceptedBehind;
  connection.close();
});

it.each([0, 1, 2])('takes a publisher at its word about settling (mode %i)', async (mode) => {
  const connection = connect();

  const sender = connection.open_sender({ target: '$cbs', snd_settle_mode: mode as 0 | 1 | 2 });
  await next(connection, 'sender_open');

  expect(sender).toMatchObject({ remote: { attach: { snd_settle_mode: mode } } });
  connection.close();
});

it('answers a request without reply-to', async () => {
  const connection = connect();

  expect(await putToken(connection)).toBe(202);
  connection.close();
});

it('takes a single event outside a batch, delivers it settled and answers a drain', async () => {
  const connection = connect();
  await putToken(connection);
  const sender = connection.open_sender('photos');
  const accepted = next(connection, 'accepted');
  sender.once('sendable', () => sender.send({ body: rhea.message.data_section(Buffer.from('1')) }));
  await accepted;

  const receiver = connection.open_receiver({ source, credit_window: 0, autoaccept: false });
  const received = next(receiver, 'message');
  receiver.add_credit(5);
  const { delivery, message } = await received;
  const drained = next(receiver, 'receiver_drained');
  receiver.drain_credit();
  await drained;

  expect(delivery?.remote_settled).toBe(true);
  expect(message?.message_annotations).toMatchObject({ 'x-opt-offset': '0' });
  connection.close();
});

it('gives properties and body of a single event back as the bytes that came', async () => {
  const { types } = rhea;
  const event = rhea.message.encode({
    application_properties: { half: types.wrap_float(0.5), letter: types.wrap_char(97) },
    body: types.wrap_short(1),
  });
  // What stands before them may change: the hub writes annotations of its own.
  const bytes = event.subarray(event.indexOf(Buffer.from('005374', 'hex')));
  const connection = connect();
  await putToken(connection);
  const accepted = next(connection, 'accepted');
  const sender = connection.open_sender('photos');
  sender.once('sendable', () => sender.send(event, undefined, 0));
  await accepted;
  const { socket } = connection as unknown as { readonly socket: Socket };
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));

  connection.open_receiver({ source });

  await vi.waitUntil(() => Buffer.concat(parts).includes(bytes), 20_000);
  connection.close();
});

it('refuses a single event that is much too large, and takes the next on the same link', async () => {
  const connection = connect();
  await putToken(connection);
  const sender = connection.open_sender('photos');
  await next(connection, 'sendable');
  const rejected = next(connection, 'rejected');
  sender.send({ body: rhea.message.data_section(Buffer.alloc(5_000_000)) });
  const { delivery } = await rejected;
  const accepted = next(connection, 'accepted');
  sender.send({ body: 'fits' });
  await accepted;

  expect(delivery?.remote_state).toMatchObject({
    error: { condition: 'amqp:link:message-size-exceeded' },
  });
  connection.close();
});

it('overlooks a flow that comes just behind the end of its session', async () => {
  const connection = connect();
  const session = connection.create_session();
  const begun = next(connection, 'session_open');
  session.begin();
  await begun;
  const ended = next(connection, 'session_close');
  session.close();
  await ended;

  // What rhea does when events were still on their way to it.
  // oxlint-disable-next-line no-underscore-dangle -- the name is rhea's
  (session as unknown as { _write_flow(): void })._write_flow();

  expect(await putToken(connection)).toBe(202);
  connection.close();
});

it('sends nothing behind the answer to a reader that leaves in the middle of its events', async () => {
  const producer = new EventHubProducerClient(hub.connectionString, 'photos');
  for (let sent = 0; sent < 6_000; sent += 500) {
    await producer.sendBatch(Array.from({ length: 500 }, () => ({ body: 'x'.repeat(200) })));
  }
  await producer.close();
  const connection = connect();
  await putToken(connection);
  const receiver = connection.open_receiver({ source, credit_window: 0 });
  await next(receiver, 'receiver_open');
  const { socket } = connection as unknown as { readonly socket: Socket };
  const deliveredCount = hub.stats().deliveredEventCount;
  // More credit than the window of the session: the rest waits in the hub.
  receiver.add_credit(6_000);
  socket.pause();
  await vi.waitUntil(() => hub.stats().deliveredEventCount > deliveredCount + 2_500, 20_000);

  const closed = next(receiver, 'receiver_close');
  receiver.close();
  await vi.waitUntil(() => hub.stats().readerCount === 0, 20_000);
  socket.resume();
  await closed;

  const opened = next(connection, 'sender_open');
  connection.open_sender('photos');
  expect((await opened).sender?.is_open()).toBe(true);
  connection.close();
});

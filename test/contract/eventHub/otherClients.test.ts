/** Needs of clients in other languages, played by a bare AMQP connection. */
import rhea, { type Connection, type EventContext, type Receiver } from 'rhea';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';

let hub: EventHub;
beforeAll(async () => {
  hub = await startEventHub({ hubs: [{ name: 'photos', partitionCount: 1 }], acceptsJwt: true });
});
afterAll(() => hub.stop());

function connect(): Connection {
  const container = rhea.create_container();
  container.on('error', () => {});
  container.on('disconnected', () => {});
  return container.connect({ host: '127.0.0.1', port: hub.port, reconnect: false });
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

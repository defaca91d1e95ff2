/** The protocol below the SDK, asked by a bare AMQP connection: links and credit. */
import rhea, { type Receiver } from 'rhea';
import { expect, it } from 'vitest';
import { addressOf, bareClient, next } from './helpers/bareClient.ts';
import { standInOnly } from './helpers/target.ts';

const { hub, putToken, connected, send } = bareClient();

standInOnly('links', () => {
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
    const { receivedEventCount } = hub().stats();
    hub().control.faults.add({ name: 'detach', links: 'publishers' });
    const gone = next(sender, 'sender_error');

    // The client has not heard of it yet.
    sender.send({ body: rhea.message.data_section(Buffer.from('late')) });
    await gone;
    await putToken(connection, 'photos');

    expect(hub().stats().receivedEventCount).toBe(receivedEventCount);
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

/** Which links a token opens, and for how long: asked by a bare AMQP connection. */
import { expect, it } from 'vitest';
import { addressOf, bareClient, next } from './helpers/bareClient.ts';
import { standInOnly } from './helpers/target.ts';

const { hub, passTime, connect, putToken, send } = bareClient();

standInOnly('tokens', () => {
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
    passTime(61_000);
    const { sender: detached } = await next(other, 'sender_error');

    expect(detached?.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
    expect(sender.is_open()).toBe(true);
    await expect.poll(() => hub().stats().publisherCount).toBe(1);
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
});

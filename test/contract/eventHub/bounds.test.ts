/** What one connection may have open, and that others are served whatever it asks for. */
import { EventHubProducerClient } from '@azure/event-hubs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { beginning, type StayingCaller, saying, stay } from '../../helpers/hostile.ts';
import { noRetry } from './helpers/clients.ts';
import { standInOnly } from './helpers/target.ts';

const hubs = [{ name: 'photos', partitionCount: 1, consumerGroups: [] }];
const patience = { timeout: 20_000 };

standInOnly('bounds of a connection', () => {
  let hub: EventHub;
  let caller: StayingCaller;
  beforeEach(async () => {
    hub = await startEventHub({ hubs, idleLimits: { goodbyeMs: 100 } });
    caller = await stay(hub.port, beginning.open);
  });
  afterEach(async () => {
    caller.socket.destroy();
    await hub.stop();
  });

  /** The whole of what was heard would be too much for a failure's text. */
  async function expectHeard(words: string): Promise<void> {
    await expect.poll(() => caller.heard().includes(words), patience).toBe(true);
  }

  async function expectOthersServed(): Promise<void> {
    const client = new EventHubProducerClient(hub.connectionString, 'photos', noRetry);
    await client.sendBatch([{ body: 1 }]);
    await client.close();
  }

  it('announces 5,000 sessions, and 256 links for each', async () => {
    caller.socket.write(saying.begin(0));

    await expectHeard('\x60\x13\x87');
    await expectHeard('\x52\xff');
  });

  it.each([
    ['a session above the highest channel', [saying.begin(5_000)]],
    ['a session on a channel in use', [saying.begin(7), saying.begin(7)]],
    ['a link above the highest handle', [saying.begin(0), saying.attach(0, 256)]],
    [
      'a link on a handle in use',
      [saying.begin(0), saying.begin(1), saying.attach(0, 3), saying.attach(0, 3)],
    ],
  ])('ends the connection of who opens %s', async (_, frames) => {
    caller.socket.write(Buffer.concat(frames));

    await expectHeard('amqp:connection:framing-error');
    await expectOthersServed();
  });

  it('refuses 5,000 links one by one, and the connection that leaves them all attached', async () => {
    const sessions = Array.from({ length: 20 }, (_, channel) => channel);
    const links = Array.from({ length: 250 }, (_, handle) => handle);
    for (const channel of sessions) {
      const attaches = links.map((handle) => saying.attach(channel, handle));
      caller.socket.write(Buffer.concat([saying.begin(channel), ...attaches]));
    }
    const refusals = (): number => caller.heard().split('amqp:not-found').length - 1;
    await expect.poll(refusals, patience).toBe(5_000);
    expect(caller.heard().includes('amqp:resource-limit-exceeded')).toBe(false);
    await expectOthersServed();

    caller.socket.write(saying.attach(0, 250));

    await expectHeard('amqp:resource-limit-exceeded');
    await expectOthersServed();
  });

  it('looks at no more deliveries than there are, however many are claimed settled', async () => {
    caller.socket.write(Buffer.concat([saying.begin(0), saying.settle(0, 0, 0xffffffff)]));

    await expectOthersServed();
  });
});

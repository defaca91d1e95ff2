/** Event hubs over TLS, with an authority of their own, as the host's trigger reaches them. */
import { EventHubProducerClient } from '@azure/event-hubs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { type HubWorld, startHubWorld, told } from './helpers/hubWorld.ts';
import { type WayIn, watchWaysIn } from './helpers/wayIn.ts';

let world: HubWorld;
let secured: EventHub;
let ways: WayIn;
let host: Awaited<ReturnType<HubWorld['start']>>['host'] | undefined;

beforeAll(async () => {
  const hubs = [{ name: 'plain', partitionCount: 1, consumerGroups: [] }];
  [world, secured] = await Promise.all([startHubWorld({}), startEventHub({ hubs, tls: true })]);
  ways = await watchWaysIn(secured.port);
});
afterEach(() => host?.stop());
afterAll(() => Promise.all([world.stop(), secured.stop(), ways.stop()]));

/** The host has nothing but TLS to come with. */
async function start(transportType: string, settings: Readonly<Record<string, string>> = {}) {
  const Hubs = secured.tls?.connectionString.replace(`:${secured.port}`, `:${ways.port}`) ?? '';
  const started = await world.start(['onPlain'], {
    hostJson: { extensions: { eventHubs: { transportType } } },
    settings: { Hubs, ...settings },
  });
  host = started.host;
  return started;
}

describe('an event hub over TLS', () => {
  it.each(['amqpTcp', 'amqpWebSockets'])(
    'is read where the app’s settings name its authority (%s)',
    async (transportType) => {
      const trust = { NODE_EXTRA_CA_CERTS: secured.tls?.authorityFile ?? '' };
      const { book } = await start(transportType, trust);
      const producer = new EventHubProducerClient(secured.connectionString, 'plain');
      await producer.sendBatch([told('nothing', transportType)]);
      await producer.close();

      const body = Buffer.from(transportType).toString('base64');
      await book.arrival('onPlain', ({ value }) => JSON.stringify(value).includes(body));

      expect(new Set(ways.seen)).toStrictEqual(new Set(['tls']));
    },
  );

  it.each([
    ['no authority', {}, /plain can't be reached: .*certificate/],
    ['a file that is not there', { NODE_EXTRA_CA_CERTS: '/no/such.pem' }, /not heeded.*ENOENT/],
  ])('is away, and said to be, where the settings name %s', async (_, settings, said) => {
    const { book } = await start('amqpTcp', settings);

    await book.until(() => book.logs.some(({ message }) => said.test(message)));

    expect(secured.stats().readerCount).toBe(0);
  });
});

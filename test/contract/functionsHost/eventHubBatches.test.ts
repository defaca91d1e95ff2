/** What host.json says of batches and checkpoints, with a running host on a running hub. */
import { describe, expect, it, vi } from 'vitest';
import type { Arrival } from './helpers/arrival.ts';
import { hubHosts } from './helpers/hubHosts.ts';
import { told } from './helpers/hubWorld.ts';

const { start, watchedHub, world } = hubHosts({ plain: 1, long: 1, text: 1, shared: 1, json: 1 });

const send = (hubName: string, ...bodies: string[]) =>
  world().send(
    hubName,
    bodies.map((body) => told('nothing', body)),
  );

function bodies({ value }: Arrival): string[] {
  return (value as string[]).map((each) =>
    Buffer.from(each.slice('bytes:'.length), 'base64').toString(),
  );
}

function isCheckpointing({ metadata }: Arrival): unknown {
  const context = metadata['partitionContext'] as Readonly<Record<string, unknown>>;
  return context['isCheckpointingAfterInvocation'];
}

describe('batchCheckpointFrequency', () => {
  it('leaves checkpoints to every so many batches, and the others to the next host', async () => {
    const first = await start('onPlain', { batchCheckpointFrequency: 3 });
    const handled = async (body: string) => {
      await send('plain', body);
      await first.book.arrival('onPlain', (arrival) => bodies(arrival).includes(body));
      await first.host.idle();
    };
    for (const body of ['a', 'b']) await handled(body);
    expect(await world().checkpoint('plain')).toBeUndefined();
    for (const body of ['c', 'd', 'e']) await handled(body);
    expect(await world().checkpoint('plain')).toBe('2');
    expect(first.book.arrivals('onPlain').map(isCheckpointing)).toStrictEqual([
      false,
      false,
      true,
      false,
      false,
    ]);

    await first.host.stop();
    expect(await world().checkpoint('plain')).toBe('2');
    const second = await start('onPlain', {});
    const seen = () => second.book.arrivals('onPlain').flatMap(bodies);
    await second.book.until(() => seen().includes('e'));

    expect(seen()).toStrictEqual(['d', 'e']);
  });
});

describe('minEventBatchSize', () => {
  it('holds events back until there are enough, and hands over no more than the largest size', async () => {
    const { book } = await start('onLong', { minEventBatchSize: 3, maxEventBatchSize: 4 });
    const arrived = () => book.arrivals('onLong').map(bodies);
    const before = world().hub.stats().deliveredEventCount;
    const reached = (count: number) =>
      vi.waitUntil(() => world().hub.stats().deliveredEventCount - before === count, 25_000);
    // Without a checkpoint before it the first batch waits for nothing.
    await send('long', 'a');
    await book.until(() => arrived().length === 1);

    const singly = 'bcdefghijklm'.split('');
    for (const [index, body] of singly.entries()) {
      await send('long', body);
      await reached(2 + index);
    }
    await book.until(() => arrived().flat().length > 9);

    const sizes = arrived().map(({ length }) => length);
    expect(Math.min(...sizes.slice(1))).toBeGreaterThanOrEqual(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4);
    expect(arrived().flat()).toStrictEqual(['a', ...singly].slice(0, arrived().flat().length));
  });

  it('gives way once the oldest event has waited for maxWaitTime', async () => {
    const eventHubs = { minEventBatchSize: 50, maxWaitTime: '00:00:01' };
    const { book } = await start('onText', eventHubs);
    await send('text', 'first');
    await book.until(() => book.arrivals('onText').length === 1);
    const sentAtMs = Date.now();

    await send('text', 'second');
    await book.until(() => book.arrivals('onText').length === 2);

    expect(book.arrivals('onText').at(-1)?.value).toStrictEqual(['second']);
    expect(Date.now() - sentAtMs).toBeGreaterThanOrEqual(1_000);
  });
});

describe('a batch without dataType', () => {
  it('is lost as a whole, uninvoked, where one body is no JSON', async () => {
    // Two and two, however the network splits them: but for the first, which waits for nothing.
    const { host, book } = await start('onJson', { minEventBatchSize: 2, maxEventBatchSize: 2 });
    await send('json', '{"first":1}');
    await book.arrival('onJson');

    await send('json', '{"good":1}', 'not json');
    await book.until(() => book.logs.some(({ message }) => message.includes('complex objects')));
    await host.idle();

    expect(await world().checkpoint('json')).toBe('2');
    expect(book.arrivals('onJson').map(({ value }) => value)).toStrictEqual([[{ first: 1 }]]);
  });
});

describe('trackLastEnqueuedEventProperties', () => {
  it.each([true, false])('is what the hub is asked for (%s)', async (isTracked) => {
    const { ways, address } = await watchedHub();
    const eventHubs = { trackLastEnqueuedEventProperties: isTracked };
    const { book } = await start('onShared', eventHubs, address);
    await send('shared', `${isTracked}`);

    await book.arrival('onShared', (arrival) => bodies(arrival).includes(`${isTracked}`));

    const asked = ways.sent().includes('com.microsoft:enable-receiver-runtime-metric');
    expect(asked).toBe(isTracked);
  });
});

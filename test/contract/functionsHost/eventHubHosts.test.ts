import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HubWorld, startHubWorld, told } from './helpers/hubWorld.ts';

let world: HubWorld;
const hosts: Awaited<ReturnType<HubWorld['start']>>['host'][] = [];

beforeAll(async () => {
  world = await startHubWorld({ shared: 4, plain: 1, long: 1, text: 1, retry: 1 });
});

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
});

afterAll(async () => {
  await world.stop();
});

async function start(...args: Parameters<HubWorld['start']>) {
  const started = await world.start(...args);
  hosts.push(started.host);
  return started;
}

const patient = { timeout: 60_000, interval: 100 };

describe('hosts on one event hub', () => {
  it('share its partitions, and one that is left takes over those of one that was killed', async () => {
    const one = await start(['onShared']);
    const two = await start(['onShared']);
    const owners = async () => {
      const blobs = await world.blobs('shared', 'ownership');
      return new Set(blobs.map(({ metadata }) => metadata['ownerid']));
    };
    await vi.waitFor(async () => expect((await owners()).size).toBe(2), patient);

    process.kill(one.host.processId ?? 0, 'SIGKILL');
    await one.host.gone;
    const partitionIds = ['0', '1', '2', '3'];
    for (const id of partitionIds) await world.send('shared', [told('nothing', `to ${id}`)], id);

    await two.book.until(() => {
      const seen = two.book.arrivals('onShared').map(({ value }) => JSON.stringify(value));
      return partitionIds.every((id) => seen.join().includes(base64(`to ${id}`)));
    });
    const [ownership] = await world.blobs('shared', 'ownership');
    expect(ownership).toMatchObject({ sizeBytes: 0, metadata: { ownerid: expect.any(String) } });
  }, 120_000);
});

describe('event hub batch', () => {
  it('is gone when it crashes the worker and has no retry policy', async () => {
    const { host, book } = await start(['onPlain']);

    await world.send('plain', [told('dies')]);
    await book.until(() =>
      book.logs.some(({ message }) => message.includes('ended by itself (3)')),
    );
    await world.send('plain', [told('nothing', 'after')]);
    await book.until(() => book.arrivals('onPlain').length === 2);
    await host.idle();

    const values = book.arrivals('onPlain').map(({ value }) => value);
    expect(values).toStrictEqual([['dies'], ['after']].map((each) => each.map(bytes)));
    const [checkpoint] = await world.blobs('plain', 'checkpoint');
    expect(checkpoint).toStrictEqual({
      partitionId: '0',
      sizeBytes: 0,
      metadata: expect.objectContaining({ sequencenumber: '1', offset: expect.any(String) }),
    });
  });

  it('with a retry policy comes again to a new worker, under the same invocation id', async () => {
    const { host, book } = await start(['onRetry']);

    await world.send('retry', [told('dies')]);
    await book.until(() => book.arrivals('onRetry').length === 2);
    await host.idle();

    const [first, second] = book.arrivals('onRetry');
    expect([first?.retryCount, second?.retryCount]).toStrictEqual([0, 1]);
    expect(second?.invocationId).toBe(first?.invocationId);
    expect(await world.checkpoint('retry')).toBe('0');
  });

  it('is retried at once where the policy’s delay is below half a second: seconds are rounded', async () => {
    const { host, book } = await start(['onRetry']);
    const startedAtMs = performance.now();

    await world.send('retry', [told('fails')]);
    await book.until(() => book.arrivals('onRetry').length === 21);
    await host.idle();

    // Honoured, twenty delays would take ten seconds.
    expect(performance.now() - startedAtMs).toBeLessThan(8_000);
    expect(book.arrivals('onRetry')).toHaveLength(21);
    expect(await world.checkpoint('retry')).toBe('1');
  });

  it('is gone when its function runs out of time', async () => {
    const { host, book } = await start(['onPlain'], { hostJson: { functionTimeout: '00:00:01' } });

    await world.send('plain', [told('hangs')]);
    await book.until(() => book.logs.some(({ message }) => message.includes('Timeout value')));
    await host.idle();

    expect(await world.checkpoint('plain')).toBe('2');
    expect(book.arrivals('onPlain')).toHaveLength(1);
  });

  it('comes again under its policy when its function runs out of time', async () => {
    const hostJson = { functionTimeout: '00:00:01' };
    const { host, book } = await start(['onRetry'], { hostJson });
    const known = Number(await world.checkpoint('retry'));

    await world.send('retry', [told('hangs')]);
    await book.until(() => book.arrivals('onRetry').length === 2);
    await host.idle();

    const [first, second] = book.arrivals('onRetry');
    expect([first?.retryCount, second?.retryCount]).toStrictEqual([0, 1]);
    expect(second?.invocationId).toBe(first?.invocationId);
    expect(await world.checkpoint('retry')).toBe(String(known + 1));
  });

  it('is handled while storage is away, and again by the next host: there was no checkpoint', async () => {
    const { host, book } = await start(['onPlain']);
    await world.send('plain', [told('nothing', 'storage there')]);
    await book.arrival('onPlain', has('storage there'));
    await host.idle();
    const known = await world.checkpoint('plain');

    await world.storage.addFault({ name: 'serverBusy', service: 'blob' });
    await world.send('plain', [told('nothing', 'storage away')]);
    await book.arrival('onPlain', has('storage away'));
    await host.stop();
    await world.storage.clearFaults();

    expect(await world.checkpoint('plain')).toBe(known);
    const next = await start(['onPlain']);
    await next.book.arrival('onPlain', has('storage away'));
    await next.host.idle();
  });

  it.each([
    ['newer', 'without a checkpoint, and comes again to the next host'],
    ['older', 'with its checkpoint, and never comes again'],
  ] as const)('that runs when the %s host is told to go ends %s', async (dialect, _fate) => {
    const isLeft = dialect === 'newer';
    const first = await start(['onLong'], { dialect });
    const known = await world.checkpoint('long');
    await world.send('long', [told('lingers')]);
    await first.book.arrival('onLong');

    await first.host.stop();

    const ended = first.book.logs.filter(({ message }) => message.includes('(Succeeded'));
    expect(ended).toHaveLength(1);
    expect(await world.checkpoint('long')).toBe(isLeft ? known : '2');
    const second = await start(['onLong'], { dialect });
    await world.send('long', [told('nothing')]);
    await second.book.until(() =>
      JSON.stringify(second.book.arrivals('onLong')).includes(base64('nothing')),
    );
    const seen = JSON.stringify(second.book.arrivals('onLong'));
    expect(seen.includes(base64('lingers'))).toBe(isLeft);
    await second.host.idle();
  });

  it('of text loses empty bodies and missing keys without the worker’s word that it wants them', async () => {
    const { book } = await start(['onText']);

    await world.send(
      'text',
      ['a', '', 'b'].map((body) => ({ body: Buffer.from(body) })),
    );

    const { value, metadata } = await book.arrival('onText');
    expect(value).toStrictEqual(['a', 'b']);
    expect(metadata).toMatchObject({ partitionKeyArray: [], sequenceNumberArray: [0, 1, 2] });
  });

  it.each([
    ['older', undefined, { low: 3, high: 0, unsigned: false }],
    ['newer', 'string', '4'],
    ['newer', undefined, 5],
  ] as const)(
    'comes with wide integers as the %s host has them, or as asked for (%s): %j',
    async (dialect, int64Dialect, expected) => {
      const { book, host } = await start(['onText'], { dialect, int64Dialect });

      await world.send('text', [{ body: Buffer.from('x') }]);

      const { metadata } = await book.arrival('onText');
      expect(metadata['sequenceNumberArray']).toStrictEqual([expected]);
      expect('offsetStringArray' in metadata).toBe(dialect === 'newer');
      await host.idle();
    },
  );
});

const has =
  (body: string) =>
  ({ value }: { value: unknown }) =>
    JSON.stringify(value).includes(base64(body));

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function bytes(text: string): string {
  return `bytes:${base64(text)}`;
}

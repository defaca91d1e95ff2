import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { clients, startStorageHost } from './helpers/storageHost.ts';

let storage: Storage;
let started: Awaited<ReturnType<typeof startStorageHost>>;
let client: ReturnType<typeof clients>;

beforeAll(async () => {
  storage = await startStorage();
  client = clients(storage);
  await client.upload('incoming/before.txt', 'here before the first host');
  started = await startStorageHost(storage);
});

afterAll(async () => {
  await started.host.stop();
  await storage.stop();
});

describe('blob trigger', () => {
  it('hands over the bytes and metadata in the real host’s shape', async () => {
    await client.upload('incoming/shape.txt', 'photo', { Owner: 'ann' });

    const { value, metadata } = await started.book.arrival(
      'onBlob',
      ({ metadata }) => metadata['name'] === 'shape.txt',
    );

    expect(value).toBe(`bytes:${Buffer.from('photo').toString('base64')}`);
    expect(metadata).toMatchObject({
      blobTrigger: 'incoming/shape.txt',
      uri: `${storage.blobUrl}/incoming/shape.txt`,
      metadata: { owner: 'ann' },
      properties: { contentLength: 5, contentType: 'text/plain', blobType: 0, leaseStatus: 1 },
    });
    expect(metadata['properties']).toHaveProperty('eTag', {});
    expect(metadata['properties']).toHaveProperty(
      'lastModified',
      expect.stringMatching(/T\d\d:\d\d:\d\d\+00:00$/),
    );
  });

  it.each([
    ['1e5', 100_000],
    ['true', true],
    ['null', null],
    ['{"a":1}', { a: 1 }],
    ['"quoted"', 'quoted'],
    ['123456789012345678901', 123_456_789_012_345_680_000],
    ['007', '007'],
  ])('parses the name %s of the path as JSON, and no metadata value', async (name, parsed) => {
    await client.upload(`incoming/${name}`, 'x', { Count: name.replaceAll(/\W/g, '') });

    const { metadata } = await started.book.arrival(
      'onBlob',
      ({ metadata }) => metadata['blobTrigger'] === `incoming/${name}`,
    );

    expect(metadata['name']).toStrictEqual(parsed);
    expect(metadata['metadata']).toStrictEqual({ count: name.replaceAll(/\W/g, '') });
  });

  it('sends a reference to a function that asks for the SDK binding', async () => {
    await client.upload('references/a b.txt', 'x');

    const { value } = await started.book.arrival('onReference');

    expect(value).toStrictEqual({
      version: '1.0',
      source: 'AzureStorageBlobs',
      contentType: 'application/json',
      content: {
        Connection: 'AzureWebJobsStorage',
        ContainerName: 'references',
        BlobName: 'a b.txt',
      },
    });
  });

  it('invokes for a blob of another container, without path parameters, and each time anew', async () => {
    const isOther = ({ metadata }: { metadata: Record<string, unknown> }) =>
      metadata['blobTrigger'] === 'other/foreign.txt';
    await client.upload('other/foreign.txt', 'x');

    await started.host.deliverBlob('other', 'foreign.txt');
    await started.host.deliverBlob('other', 'foreign.txt');

    const { metadata } = await started.book.arrival('onBlob', isOther);
    expect(metadata).not.toHaveProperty('name');
    expect(started.book.arrivals('onBlob').filter(isOther)).toHaveLength(2);
  });

  it('passes over a blob that is gone', async () => {
    const { functions: before } = await started.host.stats();

    await started.host.deliverBlob('incoming', 'never-was.txt');

    const { functions: after } = await started.host.stats();
    expect(after['onReference']).toStrictEqual(before['onReference']);
  });

  it('delivers a blob again when it is overwritten', async () => {
    const isTwice = ({ metadata }: { metadata: Record<string, unknown> }) =>
      metadata['name'] === 'twice.txt';
    await client.upload('incoming/twice.txt', 'one');
    await started.book.arrival('onBlob', isTwice);

    await client.upload('incoming/twice.txt', 'two');

    await started.book.until(() => started.book.arrivals('onBlob').filter(isTwice).length === 2);
    expect(started.book.arrivals('onBlob').filter(isTwice).at(-1)?.value).toBe(
      `bytes:${Buffer.from('two').toString('base64')}`,
    );
  });

  it('gives up on a blob that keeps failing and names it in the poison queue', async () => {
    await client.upload('incoming/bad.txt', 'x');
    await started.book.arrival('onBlob', ({ metadata }) => metadata['name'] === 'bad.txt');
    await started.host.idle();

    const [message = ''] = await client.drain('webjobs-blobtrigger-poison');

    expect(JSON.parse(Buffer.from(message, 'base64').toString('utf8'))).toStrictEqual({
      Type: 'BlobTrigger',
      FunctionId: 'Host.Functions.onBlob',
      BlobType: 'BlockBlob',
      ContainerName: 'incoming',
      BlobName: 'bad.txt',
      ETag: expect.stringMatching(/^"0x\w+"$/),
    });
  });

  it('leaves alone what was there before the storage saw a host', async () => {
    await started.host.idle();

    const names = started.book.arrivals('onBlob').map(({ metadata }) => metadata['name']);
    expect(names).not.toContain('before.txt');
  });
});

describe('queue trigger', () => {
  it('lets fields of the body override its own metadata, as text', async () => {
    await client.sendJson('work', { id: 'mine', urgent: true, count: 3, tags: ['a'] });

    const { value, metadata, traceParent } = await started.book.arrival('onMessage');

    // As it is without telemetry.
    expect(traceParent).toBe('');
    expect(value).toStrictEqual({ id: 'mine', urgent: true, count: 3, tags: ['a'] });
    expect(metadata).toMatchObject({
      id: 'mine',
      urgent: 'True',
      count: 3,
      dequeueCount: 1,
      queueTrigger: expect.anything(),
      popReceipt: expect.anything(),
      expirationTime: expect.stringMatching(/\+00:00$/),
      nextVisibleTime: expect.stringMatching(/\+00:00$/),
      insertionTime: expect.stringMatching(/\+00:00$/),
    });
    expect(metadata).not.toHaveProperty('tags');
  });

  it('tries a failing message as often as host.json says, then moves it to the poison queue', async () => {
    const isBad = ({ value }: { value: unknown }) => JSON.stringify(value).includes('always');
    await client.sendJson('work', { fails: 'always' });
    await started.book.until(() => started.book.arrivals('onMessage').filter(isBad).length === 2);
    await started.host.idle();

    const [message = ''] = await client.drain('work-poison');

    expect(JSON.parse(Buffer.from(message, 'base64').toString('utf8'))).toStrictEqual({
      fails: 'always',
    });
  });

  it('moves a message that is no base64 to the poison queue, uninvoked and raw', async () => {
    await client.send('work', 'plain text!');
    await started.host.idle();

    expect(await client.drain('work-poison')).toStrictEqual(['plain text!']);
    expect(started.book.arrivals('onMessage').map(({ value }) => value)).not.toContain(
      'plain text!',
    );
  });

  it('disables a function whose connection is missing, and that one alone', () => {
    const complaint = started.book.logs.find(({ message }) => message.includes('unconnected'));
    expect(complaint).toMatchObject({
      level: 'error',
      message: expect.stringContaining('NoSuchConnection'),
    });
  });
});

describe('timer trigger', () => {
  it('runs on start where asked to', async () => {
    const { value } = await started.book.arrival('onStart');

    expect(value).toStrictEqual({
      schedule: { adjustForDST: true },
      scheduleStatus: {
        last: '0001-01-01T00:00:00',
        lastUpdated: expect.any(String),
        next: expect.any(String),
      },
      isPastDue: false,
    });
  });
});

describe('a call by hand', () => {
  const call = (name: string, input: string) =>
    fetch(`${started.host.url}/admin/functions/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input }),
    });

  it('reaches blob, queue and timer functions as their triggers do', async () => {
    await client.upload('elsewhere/by hand.txt', 'x');

    const answers = await Promise.all([
      call('onBlob', 'elsewhere/by hand.txt'),
      call('ONMESSAGE', '{"by":"hand"}'),
      call('onStart', ''),
    ]);

    expect(answers.map(({ status }) => status)).toStrictEqual([202, 202, 202]);
    const blob = await started.book.arrival(
      'onBlob',
      ({ metadata }) => metadata['blobTrigger'] === 'elsewhere/by hand.txt',
    );
    expect(blob.value).toBe(`bytes:${Buffer.from('x').toString('base64')}`);
    const isByHand = ({ metadata }: { metadata: Record<string, unknown> }) =>
      metadata['by'] === 'hand';
    expect((await started.book.arrival('onMessage', isByHand)).value).toStrictEqual({ by: 'hand' });
    await started.book.until(() => started.book.arrivals('onStart').length === 2);
  });

  it('that can’t be made is taken all the same, and the log says why', async () => {
    const { status } = await call('onBlob', 'elsewhere/never-was');

    expect(status).toBe(202);
    await started.book.until(() =>
      started.book.logs.some(({ message }) => message.includes('no blob elsewhere/never-was')),
    );
  });
});

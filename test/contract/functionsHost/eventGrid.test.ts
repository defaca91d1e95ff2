import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { blobControl } from '../../../local/functionsHost/triggers/blob/blobControl.ts';
import { createdEvent } from '../../../local/functionsHost/triggers/blob/eventGrid/observedEvent.ts';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { startBlobHost } from './helpers/blobHost.ts';

const patience = { timeout: 20_000, interval: 20 };
let storage: Storage;
let blobs: BlobServiceClient;
const hosts: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  storage = await startStorage();
  blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
});
afterAll(() => storage.stop());

/** A host that watches a container of its own, and what its function was called with. */
async function watch(hostId: string, raisesBlobEvents = true) {
  const names: string[] = [];
  const host = await startBlobHost(storage, {
    hostId,
    raisesBlobEvents,
    // One after the other: the order of events is the order of calls.
    hostJson: { extensions: { blobs: { maxDegreeOfParallelism: 1 } } },
    handler: ({ metadata }) => names.push(metadata?.['name']?.string ?? ''),
  });
  hosts.push(host);
  const control = blobControl(host.triggers);
  const container = blobs.getContainerClient(hostId);
  await container.createIfNotExists();
  const upload = (name: string, text = 'x') =>
    container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
  return {
    names,
    container,
    upload,
    /** Uploads, and waits until all that comes of it is through. */
    async uploadAll(...uploaded: readonly string[]) {
      for (const name of uploaded) await upload(name);
      await host.triggers.settle();
    },
    settle: () => host.triggers.settle(),
    /** Resolves once so many events are left that the first ordered trouble waits for. */
    troublesLeft: (count: number) =>
      vi.waitFor(() => {
        const [first] = host.triggers.grid.troubles.left();
        expect(first?.count ?? 0).toBe(count);
      }, patience),
    stop: () => host.stop(),
    command: (name: string, body?: unknown) => control[name]?.(body),
  };
}

describe('an upload', () => {
  it('is announced once, each new version again, and nothing of the container’s past', async () => {
    const container = blobs.getContainerClient('uploads');
    await container.createIfNotExists();
    await container.getBlockBlobClient('before').upload('x', 1);
    const watched = await watch('uploads');

    await watched.uploadAll('a', 'b');
    await watched.uploadAll('a');

    expect(watched.names.toSorted()).toStrictEqual(['a', 'a', 'b']);
  });

  it('made while no host ran is announced to the next', async () => {
    const first = await watch('pauses');
    await first.uploadAll('seen');
    await first.stop();
    hosts.length = 0;
    await first.upload('missed');

    const second = await watch('pauses');
    await second.settle();

    expect(second.names).toStrictEqual(['missed']);
  });

  it('reaches one of several hosts, where one of them raises the events', async () => {
    const raising = await watch('several');
    const other = await watch('several', false);

    await raising.uploadAll('a', 'b', 'c', 'd');
    await other.settle();

    expect([...raising.names, ...other.names].toSorted()).toStrictEqual(['a', 'b', 'c', 'd']);
  });

  it('is worked on by every host of the app that has a hand free, whoever announced it', async () => {
    const held: (() => void)[] = [];
    const busy = new Set<string>();
    const startOne = async (name: string, raisesBlobEvents: boolean) => {
      const host = await startBlobHost(storage, {
        hostId: 'crew',
        raisesBlobEvents,
        hostJson: {
          extensions: {
            blobs: { maxDegreeOfParallelism: 1 },
            queues: { maxPollingInterval: '00:00:00.2' },
          },
        },
        handler() {
          busy.add(name);
          return new Promise<void>((resolve) => held.push(resolve));
        },
      });
      hosts.push(host);
    };
    const container = blobs.getContainerClient('crew');
    await container.createIfNotExists();
    await startOne('announcing', true);
    await startOne('other', false);

    for (const name of ['a', 'b']) await container.getBlockBlobClient(name).upload('x', 1);

    await vi.waitFor(() => expect(busy).toStrictEqual(new Set(['announcing', 'other'])), patience);
    for (const release of held) release();
  });

  it('tells the call it came by', async () => {
    const container = blobs.getContainerClient('apis');
    await container.createIfNotExists();
    await container.getBlockBlobClient('put').upload('x', 1);
    const blocks = container.getBlockBlobClient('blocks');
    await blocks.stageBlock('AAAA', 'x', 1);
    await blocks.commitBlockList(['AAAA']);
    await container.getBlockBlobClient('copy').syncCopyFromURL(blocks.url);
    await container.getAppendBlobClient('append').create();

    const items = await Array.fromAsync(container.listBlobsFlat());
    const events = await Promise.all(items.map((item) => createdEvent(blobs, 'apis', item)));

    const apis = Object.fromEntries(events.map(({ blobName, api }) => [blobName, api]));
    expect(apis).toStrictEqual({
      put: 'PutBlob',
      blocks: 'PutBlockList',
      copy: 'CopyBlob',
      append: 'PutBlob',
    });
    expect(events.every(({ eTag = '"' }) => !eTag.includes('"'))).toBe(true);
  });
});

describe('trouble on the way', () => {
  it('comes to as many events as were ordered', async () => {
    const { command, uploadAll, names } = await watch('troubles');
    await command('POST /control/blobEvents', { do: 'duplicate', count: 2 });
    await command('POST /control/blobEvents', { do: 'drop' });

    for (const name of ['one', 'two', 'three', 'four']) await uploadAll(name);

    expect(names).toStrictEqual(['one', 'one', 'two', 'two', 'four']);
    expect(await command('GET /control/blobEvents')).toMatchObject({
      troubles: [],
      stats: { deliveredCount: 5, droppedCount: 1, filteredCount: 0 },
    });
  });

  it('turns the order of a group round', async () => {
    const { command, upload, settle, names, troublesLeft } = await watch('reordered');
    await command('POST /control/blobEvents', { do: 'reorder', count: 3, withinMs: 60_000 });

    for (const [index, name] of ['1', '2', '3'].entries()) {
      await upload(name);
      await troublesLeft(2 - index);
    }
    await settle();

    expect(names).toStrictEqual(['3', '2', '1']);
  });

  it('lets a group go that does not fill up in time, or at once on command', async () => {
    const { command, uploadAll, upload, settle, names, troublesLeft } = await watch('unfilled');
    await command('POST /control/blobEvents', { do: 'reorder', count: 2, withinMs: 1_000 });
    await uploadAll('late');
    await command('DELETE /control/blobEvents');
    await command('POST /control/blobEvents', { do: 'reorder', count: 2, withinMs: 600_000 });
    await upload('freed');
    await troublesLeft(1);
    await command('DELETE /control/blobEvents');
    await settle();

    expect(names).toStrictEqual(['late', 'freed']);
  });

  it('holds a delayed event back and lets others pass', async () => {
    const { command, upload, settle, names, troublesLeft } = await watch('delayed');
    await command('POST /control/blobEvents', { do: 'delay', delayMs: 3_000 });

    await upload('slow');
    await troublesLeft(0);
    await upload('quick');
    await settle();

    expect(names).toStrictEqual(['quick', 'slow']);
  });

  it('is refused with a word of what is wrong', async () => {
    const { command } = await watch('refused');

    await expect(command('POST /control/blobEvents', { do: 'explode' })).rejects.toThrow('do');
  });
});

describe('a subscription', () => {
  it('lets through what it asks for, in the schema it asks for', async () => {
    const { command, container, settle, uploadAll, upload, names } = await watch('filters');
    const subscribe = (body: unknown) => command('PUT /control/blobSubscription', body);
    await subscribe({ subjectEndsWith: '.JPG', schema: 'cloudEvents' });
    await uploadAll('a.jpg', 'a.txt');
    await subscribe({ contentLengthAbove: 0, apis: ['PutBlob'] });
    await upload('empty', '');
    await uploadAll('full');
    const types = ['Microsoft.Storage.BlobCreated', 'Microsoft.Storage.BlobDeleted'];
    await subscribe({ eventTypes: types });
    await container.deleteBlob('full');
    await settle();

    expect(names).toStrictEqual(['a.jpg', 'full']);
    expect(await command('GET /control/blobEvents')).toMatchObject({
      stats: { deliveredCount: 3, filteredCount: 2 },
    });
  });

  it('without a filter on size hears of the empty blob before the full one', async () => {
    const { command, uploadAll, names } = await watch('between');
    await command('POST /control/blobEvents', { do: 'intermediate', count: 2 });
    await uploadAll('twice');
    await command('PUT /control/blobSubscription', { contentLengthAbove: 0 });
    await uploadAll('once');

    expect(names).toStrictEqual(['twice', 'twice', 'once']);
  });
});

import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { InvocationRequest } from '../../../local/functionsHost/app/invocation.ts';
import { encodeBlobMessage } from '../../../local/functionsHost/triggers/blob/blobMessage.ts';
import { eventBody } from '../../../local/functionsHost/triggers/blob/eventGrid/blobEvent.ts';
import {
  createdEvent,
  deletedEvent,
  lostEvent,
} from '../../../local/functionsHost/triggers/blob/eventGrid/observedEvent.ts';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { type BlobHostOptions, functionId, startBlobHost } from './helpers/blobHost.ts';
import { startStorageHost } from './helpers/storageHost.ts';

const patience = { timeout: 20_000, interval: 20 };
let storage: Storage;
let blobs: BlobServiceClient;
let queues: QueueServiceClient;
const hosts: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  storage = await startStorage();
  blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
  queues = QueueServiceClient.fromConnectionString(storage.connectionString);
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
});
afterAll(() => storage.stop());

async function start(options: BlobHostOptions) {
  const host = await startBlobHost(storage, options);
  hosts.push(host);
  return host;
}

async function upload(container: string, name: string, text = 'x') {
  const client = blobs.getContainerClient(container);
  await client.createIfNotExists();
  await client.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
  const [item] = await Array.fromAsync(client.listBlobsFlat({ prefix: name }));
  if (!item) throw new Error('unreachable: just uploaded');
  return createdEvent(blobs, container, item);
}

const notification = { 'aeg-event-type': 'Notification', 'content-type': 'application/json' };

function post(url: URL, body: unknown, headers: Record<string, string> = notification) {
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Everything the function was called with. */
function calls() {
  const requests: InvocationRequest[] = [];
  const texts = () => requests.map(({ data }) => Buffer.from(data.bytes ?? []).toString());
  return { requests, texts, handler: (request: InvocationRequest) => requests.push(request) };
}

describe('keys of the blob webhook', () => {
  it('open it as code or header, the extension’s own or the master’s, and nothing else does', async () => {
    const host = await start({ hostId: 'keys', handler: () => {} });
    const event = eventBody(await upload('keys', 'a'), 'eventGrid');
    const status = async (key: string | undefined, headers = {}) => {
      const url = host.webhook(functionId, key ?? '');
      if (key === undefined) url.searchParams.delete('code');
      return (await post(url, event, { ...notification, ...headers })).status;
    };

    expect(await status(host.keys.blobsExtension)).toBe(202);
    expect(await status(host.keys.master)).toBe(202);
    expect(await status(undefined, { 'x-functions-key': host.keys.blobsExtension })).toBe(202);
    expect(await status(undefined)).toBe(401);
    expect(await status('wrong')).toBe(401);
    expect(await status(host.keys.function)).toBe(401);
  });

  it('lie in the host’s storage, where the next host finds the same', async () => {
    const first = await start({ hostId: 'kept', handler: () => {} });
    const second = await start({ hostId: 'kept', handler: () => {} });
    const other = await start({ hostId: 'another', handler: () => {} });

    const container = blobs.getContainerClient('azure-webjobs-secrets');
    const stored = await container.getBlobClient('kept/host.json').downloadToBuffer();

    const key = (name: string, value: string) => ({ name, value, encrypted: false });
    expect(JSON.parse(stored.toString())).toMatchObject({
      masterKey: key('master', first.keys.master),
      functionKeys: [key('default', first.keys.function)],
      systemKeys: [key('blobs_extension', first.keys.blobsExtension)],
    });
    expect(second.keys).toStrictEqual(first.keys);
    expect(other.keys.master).not.toBe(first.keys.master);
  });
});

describe('the host’s answer to the webhook’s caller', () => {
  it('is the handshake’s, 400 without a type, 500 to garbage, 404 for another extension', async () => {
    const { webhook, url, keys } = await start({ hostId: 'answers', handler: () => {} });
    const hook = webhook(functionId);

    const handshake = await post(hook, [{ data: { validationCode: 'c-1' } }], {
      'aeg-event-type': 'SubscriptionValidation',
    });
    const origin = { 'webhook-request-origin': 'eventgrid.azure.net' };
    const options = await fetch(hook, { method: 'OPTIONS', headers: origin });
    const untyped = await post(hook, [], {});
    const garbage = await post(hook, 'garbage');
    const other = await post(new URL(`/runtime/webhooks/other?code=${keys.master}`, url), []);

    expect([handshake.status, await handshake.json()]).toStrictEqual([
      200,
      { validationResponse: 'c-1' },
    ]);
    expect(options.headers.get('webhook-allowed-origin')).toBe('eventgrid.azure.net');
    expect([untyped.status, garbage.status, other.status]).toStrictEqual([400, 500, 404]);
  });
});

describe('a blob event', () => {
  it('invokes as often as it comes, whatever its ETag, container or type', async () => {
    const { requests, texts, handler } = calls();
    const host = await start({ hostId: 'anything', handler });
    const event = await upload('anything', 'a', 'one');
    await upload('anything', 'a', 'two');
    const foreign = await upload('elsewhere', 'b', 'foreign');
    const deletion = deletedEvent(blobs, 'anything', 'a');
    const url = host.webhook(functionId);

    for (const each of [event, event, foreign, deletion]) {
      expect((await post(url, eventBody(each, 'eventGrid'))).status).toBe(202);
    }
    await host.triggers.settle();

    expect(texts().toSorted()).toStrictEqual(['foreign', 'two', 'two', 'two']);
    const metadataOf = (blobTrigger: string) =>
      requests.find(({ metadata }) => metadata?.['BlobTrigger']?.string === blobTrigger)?.metadata;
    expect(metadataOf('anything/a')).toHaveProperty('name', { string: 'a' });
    expect(metadataOf('elsewhere/b')).not.toHaveProperty('name');
  });

  it('ends in silence where the blob is gone, or the function is not known by its full name', async () => {
    const { requests, handler } = calls();
    const logs: string[] = [];
    const host = await start({ hostId: 'silent', handler, onLog: (message) => logs.push(message) });
    const event = eventBody(await upload('silent', 'a'), 'cloudEvents');

    const gone = eventBody(lostEvent(blobs, 'silent', 'never-was'), 'eventGrid');
    const answers = [
      await post(host.webhook(functionId), gone),
      await post(host.webhook('Host.Functions.unknown'), event),
      await post(host.webhook('onBlob'), event),
    ];
    await host.triggers.settle();

    expect(answers.map(({ status }) => status)).toStrictEqual([202, 202, 202]);
    expect(requests).toStrictEqual([]);
    expect(logs.filter((message) => !message.includes('dropped'))).toStrictEqual([]);
  });

  it('that fails comes again until poisonBlobThreshold, then lies in the poison queue', async () => {
    let attemptCount = 0;
    const host = await start({
      hostId: 'poisonous',
      hostJson: { extensions: { queues: { maxDequeueCount: 1 } } },
      handler: () => {
        attemptCount += 1;
        throw new Error('always');
      },
    });
    const event = await upload('poisonous', 'a');

    await post(host.webhook(functionId), eventBody(event, 'eventGrid'));
    await host.triggers.settle();

    expect(attemptCount).toBe(5);
    const poison = queues.getQueueClient('webjobs-blobtrigger-poison');
    const { receivedMessageItems } = await poison.receiveMessages();
    const [text = ''] = receivedMessageItems.map(({ messageText }) => messageText);
    expect(JSON.parse(Buffer.from(text, 'base64').toString())).toStrictEqual({
      Type: 'BlobTrigger',
      FunctionId: functionId,
      BlobType: 'BlockBlob',
      ContainerName: 'poisonous',
      BlobName: 'a',
      ETag: `"${event.eTag}"`,
    });
  });

  it('waits while maxDegreeOfParallelism others run', async () => {
    const counts = { running: 0, most: 0, ended: 0 };
    const held: (() => void)[] = [];
    const { container, blobName } = await upload('parallel', 'a');
    const queue = queues.getQueueClient('azure-webjobs-blobtrigger-parallel');
    await queue.createIfNotExists();
    const waiting = encodeBlobMessage({
      FunctionId: functionId,
      BlobType: 'BlockBlob',
      ContainerName: container,
      BlobName: blobName,
      ETag: '',
    });
    for (let count = 0; count < 5; count += 1) await queue.sendMessage(waiting);

    await start({
      hostId: 'parallel',
      hostJson: { extensions: { blobs: { maxDegreeOfParallelism: 2 } } },
      async handler() {
        counts.running += 1;
        counts.most = Math.max(counts.most, counts.running);
        await new Promise<void>((resolve) => held.push(resolve));
        counts.running -= 1;
        counts.ended += 1;
      },
    });
    await vi.waitFor(() => expect(counts.running).toBe(2), patience);
    await vi.waitFor(() => {
      held.shift()?.();
      expect(counts.ended).toBe(5);
    }, patience);

    expect(counts.most).toBe(2);
  });
});

describe('a blob event without functionName', () => {
  it('is taken, takes the host down, and the next host too when its lease is over', async () => {
    const reasons: string[] = [];
    const takeDown = (reason: string) => void reasons.push(reason);
    const options = { hostId: 'deadly', leaseSeconds: 1, takeDown, handler: () => {} };
    const first = await start(options);
    const event = eventBody(await upload('deadly', 'a'), 'eventGrid');

    const { status } = await post(first.webhook(undefined), event);
    await vi.waitFor(() => expect(reasons).toHaveLength(1), patience);
    await first.stop();
    hosts.length = 0;
    await start(options);
    await vi.waitFor(() => expect(reasons).toHaveLength(2), patience);

    expect(status).toBe(202);
    expect(reasons[1]).toContain('Invalid function ID');
  });

  it('ends the host’s process, which says why', async () => {
    const { host, book } = await startStorageHost(storage);
    hosts.push(host);
    const event = eventBody(await upload('incoming', 'a'), 'eventGrid');

    const { status } = await post(new URL('/runtime/webhooks/blobs', host.url), event);
    await book.until(() => book.logs.some(({ message }) => message.includes('ended by itself')));

    expect(status).toBe(202);
    expect(book.logs).toContainEqual(
      expect.objectContaining({
        level: 'critical',
        message: expect.stringContaining('a blob event came without functionName'),
      }),
    );
  });
});

describe('a blob function with the polling source', () => {
  it('can’t be served, and is told what can', async () => {
    const host = start({ hostId: 'polling', source: 'LogsAndContainerScan', handler: () => {} });

    await expect(host).rejects.toThrow("say source: 'EventGrid'");
  });
});

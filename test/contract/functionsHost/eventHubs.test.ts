import { type EventData, EventHubProducerClient } from '@azure/event-hubs';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import {
  type FunctionsHostProcess,
  startFunctionsHostProcess,
} from '../../../local/functionsHost/startFunctionsHostProcess.ts';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { logBook } from './helpers/logBook.ts';

const hubNames = ['binary', 'text', 'json', 'one', 'retry'];
const entry = new URL('helpers/eventHubApp.ts', import.meta.url).pathname;

let storage: Storage;
let hub: EventHub;
let host: FunctionsHostProcess;
let book = logBook();

beforeAll(async () => {
  const hubs = hubNames.map((name) => ({ name, partitionCount: 1, consumerGroups: [] }));
  [storage, hub] = await Promise.all([startStorage(), startEventHub({ hubs })]);
  host = await startHost();
});

afterAll(async () => {
  await host.stop();
  await Promise.all([hub.stop(), storage.stop()]);
});

function startHost() {
  const settings = {
    AzureWebJobsStorage: storage.connectionString,
    Hubs: hub.connectionString,
  };
  const hostJson = { extensions: { eventHubs: { maxEventBatchSize: 10, prefetchCount: 30 } } };
  return startFunctionsHostProcess({ entry, settings, hostJson, onLog: book.onLog });
}

/** All in one batch; whether they reach the function together is up to the network. */
async function send(hubName: string, events: EventData[], partitionKey?: string) {
  const producer = new EventHubProducerClient(hub.connectionString, hubName);
  await producer.sendBatch(events, partitionKey === undefined ? {} : { partitionKey });
  await producer.close();
}

async function checkpoint(hubName: string): Promise<string | undefined> {
  const container = BlobServiceClient.fromConnectionString(
    storage.connectionString,
  ).getContainerClient('azure-webjobs-eventhub');
  const prefix = `127.0.0.1/${hubName}/$default/checkpoint/`;
  const blobs = await Array.fromAsync(container.listBlobsFlat({ prefix, includeMetadata: true }));
  return blobs[0]?.metadata?.['sequencenumber'];
}

/** What came to a function, once it is `count` events, however they were split into batches. */
async function joined(functionName: string, count: number) {
  const values = () => book.arrivals(functionName).flatMap(({ value }) => value as unknown[]);
  await book.until(() => values().length >= count);
  const metadata = book.arrivals(functionName).map((arrival) => arrival.metadata);
  return {
    values: values(),
    metadata,
    array: (name: string) => metadata.flatMap((of) => of[name]),
  };
}

const base64 = (text: string) => `bytes:${Buffer.from(text).toString('base64')}`;

describe('event hub trigger', () => {
  it('keeps every body as it was sent with dataType binary, in line with its metadata', async () => {
    await send('binary', [
      {
        body: Buffer.from('{"a":1}'),
        properties: { 'Diagnostic-Id': 'd', Attempt: 1 },
        contentType: 'application/json',
        messageId: 'm-1',
      },
      { body: Buffer.alloc(0) },
      { body: Buffer.from('no json') },
    ]);

    const { values, metadata, array } = await joined('onBinary', 3);

    expect(values).toStrictEqual([base64('{"a":1}'), base64(''), base64('no json')]);
    for (const { partitionContext } of metadata) {
      expect(partitionContext).toMatchObject({
        eventHubName: 'binary',
        consumerGroup: '$Default',
        partitionId: '0',
        isCheckpointingAfterInvocation: true,
      });
    }
    expect(array('sequenceNumberArray')).toStrictEqual([0, 1, 2]);
    expect(array('partitionKeyArray')).toStrictEqual(['', '', '']);
    expect(array('propertiesArray')).toMatchObject([{ 'diagnostic-Id': 'd', attempt: 1 }, {}, {}]);
    expect(array('systemPropertiesArray')).toMatchObject([
      { 'content-type': 'application/json', 'message-id': 'm-1', sequenceNumber: 0 },
      { sequenceNumber: 1 },
      { sequenceNumber: 2 },
    ]);
    const numbers = Array.from({ length: 3 }, () => expect.any(Number));
    expect(array('offsetArray')).toStrictEqual(numbers);
    expect(array('offsetStringArray')).toStrictEqual(numbers);
  });

  it('writes enqueued times without a zone', async () => {
    const { array } = await joined('onBinary', 3);

    const unzoned = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?$/);
    expect(array('enqueuedTimeUtcArray')).toStrictEqual([unzoned, unzoned, unzoned]);
  });

  it('parses each body that is JSON with dataType string', async () => {
    await send('text', ['true', '0042', '12345678901234567890', ''].map(textEvent), 'key');

    const { values, array } = await joined('onText', 4);

    expect(values).toStrictEqual([true, '0042', 12_345_678_901_234_567_000, '']);
    expect(array('partitionKeyArray')).toStrictEqual(['key', 'key', 'key', 'key']);
  });

  it('rewrites instants inside JSON bodies without dataType', async () => {
    await send('json', [
      textEvent('{"at":"2026-11-23T12:00:00+02:00"}'),
      textEvent('{"at":"2026-11-23T10:00:00.120Z"}'),
    ]);

    const { values } = await joined('onJson', 2);

    expect(values).toStrictEqual([
      { at: '2026-11-23T10:00:00Z' },
      { at: '2026-11-23T10:00:00.12Z' },
    ]);
  });

  it('hands over one event at a time, its fields in the metadata, with cardinality one', async () => {
    await send('one', ['{"line":"a","isHot":true}', '{"line":"b"}'].map(textEvent));

    const second = await book.arrival('onOne', ({ metadata }) => metadata['line'] === 'b');

    const [first] = book.arrivals('onOne');
    expect(first?.value).toStrictEqual({ line: 'a', isHot: true });
    expect(first?.metadata).toMatchObject({
      line: 'a',
      isHot: 'True',
      sequenceNumber: 0,
      triggerPartitionContext: { partitionId: '0' },
      systemProperties: { 'x-opt-sequence-number': 0, sequenceNumber: 0, partitionKey: null },
      enqueuedTimeUtc: expect.not.stringMatching(/Z$/),
    });
    expect(second.invocationId).not.toBe(first?.invocationId);
  });

  it('moves the checkpoint past a batch that failed', async () => {
    await send('binary', [{ body: Buffer.from('x'), properties: { fails: true } }]);
    await joined('onBinary', 4);
    await host.idle();

    expect(await checkpoint('binary')).toBe('3');
    expect((await joined('onBinary', 4)).values).toHaveLength(4);
  });

  it('retries the whole batch under one invocation id, then moves on', async () => {
    await send('retry', [
      { body: Buffer.from('x'), properties: { fails: true } },
      { body: Buffer.from('y') },
    ]);
    const attemptsAt = () =>
      book.arrivals('onRetry').filter(({ value }) => JSON.stringify(value).includes(base64('x')));
    await book.until(() => attemptsAt().length === 3);
    await host.idle();

    const attempts = attemptsAt();
    const [first] = attempts;
    expect(attempts.map(({ value }) => value)).toStrictEqual(attempts.map(() => first?.value));
    expect(attempts.map(({ retryCount }) => retryCount)).toStrictEqual([0, 1, 2]);
    expect(new Set(attempts.map(({ invocationId }) => invocationId)).size).toBe(1);
    expect(await checkpoint('retry')).toBe('1');
  });

  it('goes on behind the checkpoint when the host starts again', async () => {
    await host.stop();
    await send('binary', [textEvent('while the host was away')]);
    book = logBook();

    host = await startHost();

    const { value } = await book.arrival('onBinary');
    expect(value).toStrictEqual([base64('while the host was away')]);
  });
});

function textEvent(text: string): EventData {
  return { body: Buffer.from(text) };
}

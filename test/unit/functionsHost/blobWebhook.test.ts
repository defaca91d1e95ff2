import { describe, expect, it } from 'vitest';
import { blobWebhook } from '../../../local/functionsHost/triggers/blob/blobWebhook.ts';
import {
  type BlobEvent,
  eventBody,
} from '../../../local/functionsHost/triggers/blob/eventGrid/blobEvent.ts';

const blobEvent: BlobEvent = {
  type: 'Microsoft.Storage.BlobCreated',
  account: 'photos1',
  container: 'photos',
  blobName: 'a b/ü.jpg',
  url: 'https://photos1.blob.core.windows.net/photos/a%20b/%C3%BC.jpg',
  api: 'PutBlockList',
  blobType: 'BlockBlob',
  contentType: 'image/jpeg',
  contentLength: 5,
  eTag: '0x8DE2B1',
  atMs: Date.UTC(2026, 10, 25, 10),
  sequence: 255,
};

interface Sent {
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly functionName?: string;
  readonly method?: string;
}

async function call({ headers = {}, body = '', functionName, method = 'POST' }: Sent) {
  const messages: unknown[] = [];
  const webhook = blobWebhook(async (text) => {
    messages.push(JSON.parse(Buffer.from(text, 'base64').toString('utf8')));
  });
  const answer = await webhook({
    method,
    query: new URLSearchParams(functionName === undefined ? {} : { functionName }),
    header: (name) => headers[name],
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { answer, messages };
}

const notification = { 'aeg-event-type': 'Notification' };
const message = {
  Type: 'BlobTrigger',
  FunctionId: 'Host.Functions.onBlob',
  BlobType: 'BlockBlob',
  ContainerName: 'photos',
  BlobName: 'a b/ü.jpg',
  ETag: '"0x8DE2B1"',
};

describe('the blob webhook', () => {
  it.each(['eventGrid', 'cloudEvents'] as const)(
    'makes a queue message of an event in the schema %s',
    async (schema) => {
      const { answer, messages } = await call({
        headers: notification,
        functionName: 'Host.Functions.onBlob',
        body: eventBody(blobEvent, schema),
      });

      expect(answer).toStrictEqual({ status: 202 });
      expect(messages).toStrictEqual([message]);
    },
  );

  it('finds container and name behind the account where the address is an emulator’s', async () => {
    const url = 'http://127.0.0.1:10000/devstoreaccount1/photos/a%2Fb.jpg';

    const { messages } = await call({
      headers: notification,
      body: eventBody({ ...blobEvent, url }, 'eventGrid'),
    });

    expect(messages).toMatchObject([{ ContainerName: 'photos', BlobName: 'a/b.jpg' }]);
  });

  it('takes an event without functionName all the same, for nobody', async () => {
    const { answer, messages } = await call({
      headers: notification,
      body: eventBody(blobEvent, 'eventGrid'),
    });

    expect(answer.status).toBe(202);
    expect(messages).toStrictEqual([{ ...message, FunctionId: null }]);
  });

  it.each([
    ['an array of events', [{ data: { validationCode: 'c-1' } }]],
    ['a CloudEvent with its data as text', { data: JSON.stringify({ validationCode: 'c-1' }) }],
  ])('answers the handshake in %s', async (_shape, body) => {
    const { answer } = await call({
      headers: { 'aeg-event-type': 'SubscriptionValidation' },
      body,
    });

    expect(answer).toMatchObject({ status: 200, body: '{"validationResponse":"c-1"}' });
  });

  it('tells CloudEvents’ own handshake that the sender may come', async () => {
    const { answer } = await call({
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': 'eventgrid.azure.net' },
    });

    expect(answer).toStrictEqual({
      status: 200,
      headers: { 'webhook-allowed-origin': 'eventgrid.azure.net' },
    });
  });

  it('refuses a call that doesn’t say what it is', async () => {
    const { answer } = await call({ body: eventBody(blobEvent, 'eventGrid') });

    expect(answer).toStrictEqual({ status: 400 });
  });

  it.each(['garbage', '[{"data":{}}]', '{"data":null}'])(
    'fails on %s, and nothing is queued',
    async (body) => {
      await expect(call({ headers: notification, body })).rejects.toThrow(Error);
    },
  );
});

describe('an Event Grid event of a blob', () => {
  it('has the service’s shape', () => {
    expect(eventBody(blobEvent, 'eventGrid')).toStrictEqual([
      {
        topic: expect.stringMatching(/\/providers\/Microsoft.Storage\/storageAccounts\/photos1$/),
        subject: '/blobServices/default/containers/photos/blobs/a b/ü.jpg',
        eventType: 'Microsoft.Storage.BlobCreated',
        id: expect.any(String),
        data: {
          api: 'PutBlockList',
          clientRequestId: expect.any(String),
          requestId: expect.any(String),
          eTag: '0x8DE2B1',
          contentType: 'image/jpeg',
          contentLength: 5,
          blobType: 'BlockBlob',
          accessTier: 'Default',
          url: blobEvent.url,
          sequencer: `${'0'.repeat(62)}FF`,
          storageDiagnostics: { batchId: expect.any(String) },
        },
        dataVersion: '',
        metadataVersion: '1',
        eventTime: '2026-11-25T10:00:00.000Z',
      },
    ]);
  });

  it('is a single CloudEvent in the other schema', () => {
    expect(eventBody(blobEvent, 'cloudEvents')).toMatchObject({
      specversion: '1.0',
      type: 'Microsoft.Storage.BlobCreated',
      source: expect.stringContaining('storageAccounts/photos1'),
      subject: '/blobServices/default/containers/photos/blobs/a b/ü.jpg',
      data: { api: 'PutBlockList', eTag: '0x8DE2B1' },
    });
  });
});

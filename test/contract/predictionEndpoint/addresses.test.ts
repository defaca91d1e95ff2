/** Photos behind an address: fetched from this machine only, within bounds. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { PredictionAPIClient } from '@azure/cognitiveservices-customvision-prediction';
import { ApiKeyCredentials } from '@azure/ms-rest-js';
import { BlobSASPermissions, BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call } from '../../../local/http/call.ts';
import { type Reply, typed } from '../../../local/http/reply.ts';
import { type Listening, listen } from '../../../local/http/server.ts';
import {
  type PredictionEndpoint,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { startStorage } from '../../../local/storage/startStorage.ts';
import { type Answered, answered, cloudPath, postImage } from './helpers/calls.ts';
import { bitmap } from './helpers/photos.ts';

let endpoint: PredictionEndpoint;
let photoServer: Listening;

/** Text survives the reply's string body: an uncompressed photo of low bytes only. */
const photo = bitmap({ r: 1, g: 2, b: 3 }, 4, 4).toString('latin1');

const files: Readonly<Record<string, Reply>> = {
  '/photo.bmp': typed(200, 'image/bmp', photo),
  '/page': typed(200, 'text/html', '<html></html>'),
  '/large': typed(200, 'image/png', 'x'.repeat(4 * 1024 * 1024 + 1)),
  '/moved': { ...typed(302, 'text/plain', ''), headers: { location: '/photo.bmp' } },
  '/slow': { kind: 'hang' },
  '/broken': { kind: 'truncated', answer: typed(200, 'image/bmp', photo) },
};

beforeAll(async () => {
  const handle = async ({ path }: Call) => files[path] ?? typed(404, 'text/plain', 'none');
  photoServer = await listen(handle, 0);
  endpoint = await startPredictionEndpoint({ scoring: 'fixed', urlTimeoutMs: 1_500 });
});

afterAll(() => Promise.all([endpoint.stop(), photoServer.stop()]));

const at = (path: string, host = '127.0.0.1') => `http://${host}:${photoServer.port}${path}`;

function ask(body: unknown, tail = 'url/nostore'): Promise<Answered> {
  const headers = { 'content-type': 'application/json' };
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return answered(postImage(endpoint, bytes, { path: cloudPath(endpoint, tail), headers }));
}

describe('a photo behind an address', () => {
  it.each(['url', 'url/nostore'])('of this machine is scored by %s', async (tail) => {
    const answer = await ask({ url: at('/photo.bmp') }, tail);

    expect(answer).toMatchObject({
      status: 200,
      body: { predictions: [{ tagName: 'ok' }, {}, {}] },
    });
  });

  it('may be named in any case, as the portal’s own instructions do', async () => {
    expect(await ask({ Url: at('/photo.bmp') })).toMatchObject({ status: 200 });
  });

  it('is kept by the storing route', async () => {
    endpoint.control.stored.clear();

    await ask({ url: at('/photo.bmp', 'localhost') }, 'url');

    expect(endpoint.control.stored.summary().images).toMatchObject([{ sizeBytes: photo.length }]);
  });

  it.each([
    ['of another machine', () => ({ url: 'http://192.0.2.7/photo.bmp' })],
    [
      'of a name that only begins like this machine',
      () => ({ url: at('/photo.bmp', '127.0.0.1.example') }),
    ],
    ['that only leads to this machine', () => ({ url: at('/photo.bmp', '0.0.0.0') })],
    ['of no machine', () => ({ url: 'file:///etc/hostname' })],
    ['that is no address', () => ({ url: 'photo.bmp' })],
    ['that does not exist', () => ({ url: at('/none.bmp') })],
    ['that points elsewhere', () => ({ url: at('/moved') })],
    ['that takes too long', () => ({ url: at('/slow') })],
    ['that breaks off', () => ({ url: at('/broken') })],
    ['where nobody listens', () => ({ url: 'http://127.0.0.1:9/photo.bmp' })],
    ['that was left out', () => ({})],
    ['in broken JSON', () => '{"url":'],
  ])('%s is refused', async (_, body) => {
    expect(await ask(body())).toEqual({
      status: 400,
      body: { code: 'BadRequestImageUrl', message: 'Invalid image url.' },
    });
  });

  it.each([
    ['no photo', '/page', 'BadRequestImageFormat'],
    ['too large', '/large', 'BadRequestImageSizeBytes'],
  ])('that is %s is refused as if it had been sent', async (_, path, code) => {
    expect(await ask({ url: at(path) })).toMatchObject({ status: 400, body: { code } });
  });

  it('that never ends is read no further than a photo may be large', async () => {
    const endless = createServer((_, response) => {
      const sendMore = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', sendMore);
      sendMore();
    });
    await once(endless.listen(0, '127.0.0.1'), 'listening');
    const { port } = Object(endless.address());

    const answer = await ask({ url: `http://127.0.0.1:${port}/` });
    endless.close();
    endless.closeAllConnections();

    expect(answer).toMatchObject({ status: 400, body: { code: 'BadRequestImageSizeBytes' } });
  });

  it('in local storage is scored as long as it is signed', async () => {
    const storage = await startStorage();
    const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
    const container = blobs.getContainerClient('photos');
    await container.create();
    const blob = container.getBlockBlobClient('line 4/photo.bmp');
    await blob.uploadData(Buffer.from(photo, 'latin1'));
    const signed = await blob.generateSasUrl({
      permissions: BlobSASPermissions.parse('r'),
      expiresOn: new Date(Date.now() + 3_600_000),
    });

    const answers = [await ask({ url: signed }), await ask({ url: blob.url })];
    await storage.stop();

    expect(answers).toMatchObject([
      { status: 200, body: { predictions: [{ tagName: 'ok' }, {}, {}] } },
      { status: 400, body: { code: 'BadRequestImageUrl' } },
    ]);
  });

  it('has to come as JSON', async () => {
    const path = cloudPath(endpoint, 'url');

    const answer = await answered(postImage(endpoint, Buffer.from(at('/photo.bmp')), { path }));

    expect(answer).toMatchObject({ status: 415, body: { code: 'UnsupportedMediaType' } });
  });

  it('reaches the official SDK as a prediction, and as a refusal', async () => {
    const credentials = new ApiKeyCredentials({ inHeader: { 'Prediction-Key': endpoint.key } });
    const client = new PredictionAPIClient(credentials, endpoint.endpoint, { noRetryPolicy: true });
    const { projectId, publishedName } = endpoint;

    const answer = await client.classifyImageUrl(projectId, publishedName, {
      url: at('/photo.bmp'),
    });
    const refused = client.classifyImageUrlWithNoStore(projectId, publishedName, {
      url: at('/none.bmp'),
    });

    expect(answer.predictions?.[0]).toMatchObject({ tagName: 'ok', tagType: 'Regular' });
    await expect(refused).rejects.toMatchObject({ statusCode: 400, code: 'BadRequestImageUrl' });
  });
});

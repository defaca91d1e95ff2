/** The routes and habits of the exported Docker container. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type PredictionEndpoint,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { answered, multipartBody, multipartHeaders, postImage } from './helpers/calls.ts';
import {
  type ExportFixture,
  exportFixture,
  labels,
  pureColourProbability,
} from './helpers/exportFixture.ts';
import { onnxFile } from './helpers/onnxFile.ts';
import { badPhotos, plain, red, redPng } from './helpers/photos.ts';

let fixture: ExportFixture;
let endpoint: PredictionEndpoint;

beforeAll(async () => {
  fixture = await exportFixture();
  endpoint = await startPredictionEndpoint({
    modelDir: fixture.modelDir,
    nowMs: () => 1_764_000_000_123,
  });
});

afterAll(async () => {
  await endpoint.stop();
  await fixture.remove();
});

const noKey = { 'prediction-key': '' };

describe('the container', () => {
  it('greets in plain text', async () => {
    const response = await fetch(endpoint.endpoint);

    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toBe('CustomVision.ai model host harness');
  });

  it.each([
    '/image',
    '/some-project/image',
    '/some-project/image/nostore',
    '/some-project/classify/iterations/any%20name/image',
    '/some-project/classify/iterations/any/image/nostore',
    '/some-project/detect/iterations/any/image',
    '/some-project/detect/iterations/any/image/nostore',
  ])('answers %s without a key', async (path) => {
    const response = await postImage(endpoint, await redPng(), { path, headers: noKey });

    expect(response.status).toBe(200);
  });

  it.each([
    '/image/nostore/more',
    '/a/b/image',
    '/some-project/classify/iterations/image',
    '/IMAGE',
  ])('does not know %s', async (path) => {
    expect((await postImage(endpoint, await redPng(), { path })).status).toBe(404);
  });

  it('leaves ids empty, the zone out and the tags in the order of the labels', async () => {
    const answer = await answered(postImage(endpoint, await redPng(), { path: '/image' }));

    const tag = { tagId: '', boundingBox: null };
    expect(answer.body).toEqual({
      id: '',
      project: '',
      iteration: '',
      created: '2025-11-24T16:00:00.123000',
      predictions: labels.map((tagName) => ({ ...tag, tagName, probability: expect.any(Number) })),
    });
  });

  it('rounds to eight decimals and leaves out what is next to nothing', async () => {
    const steep = onnxFile({
      sidePx: 32,
      weights: [
        [0.02, 0, 0],
        [0, 0.02, 0],
        [0, 0, 0.1],
      ],
    });
    const labelsText = 'blue\ngreen\nred\n';
    const { modelDir, remove } = await exportFixture({ modelBytes: steep, labelsText });
    const other = await startPredictionEndpoint({ modelDir });

    const answer = await answered(postImage(other, await redPng(), { path: '/image' }));
    await other.stop();
    await remove();

    expect(answer.body).toMatchObject({ predictions: [{ tagName: 'red', probability: 1 }] });
  });

  it.each([
    ['raw bytes of any type', { 'content-type': 'text/plain' }, (bytes: Buffer) => bytes],
    [
      'a multipart file',
      multipartHeaders,
      (bytes: Buffer) =>
        multipartBody('Content-Disposition: form-data; name="imageData"; filename="a.png"', bytes),
    ],
  ])('reads %s', async (_, headers, bodyOf) => {
    const body = bodyOf(await redPng());

    const answer = await answered(postImage(endpoint, body, { path: '/image', headers }));

    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.body)).toContain(pureColourProbability.toFixed(3));
  });

  it('takes a multipart part without a filename for text, and fails on it', async () => {
    const head = 'Content-Disposition: form-data; name="imageData"';
    const body = multipartBody(head, await redPng());

    const response = await postImage(endpoint, body, { path: '/image', headers: multipartHeaders });

    expect([response.status, await response.text()]).toEqual([500, 'Error processing image']);
  });

  it('takes bodies of 4 MiB at most, the envelope of multipart among them', async () => {
    const head = 'Content-Disposition: form-data; name="imageData"; filename="a.png"';
    const photo = Buffer.concat([await redPng()], 4 * 1024 * 1024);
    const path = '/image';

    const raw = await postImage(endpoint, photo, { path });
    const enveloped = await postImage(endpoint, multipartBody(head, photo), {
      path,
      headers: multipartHeaders,
    });

    expect([raw.status, enveloped.status]).toEqual([200, 500]);
  });

  it('takes formats the cloud refuses', async () => {
    const webp = await plain(red).webp().toBuffer();

    expect((await postImage(endpoint, webp, { path: '/image' })).status).toBe(200);
  });

  it.each(badPhotos.filter(({ what }) => /page|SVG|MiB/.test(what)))(
    'answers $what with 500 in plain words',
    async ({ bytes }) => {
      const response = await postImage(endpoint, await bytes(), { path: '/image' });

      expect(response.status).toBe(500);
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(await response.text()).toBe('Error processing image');
    },
  );

  it.each(['/url', '/some-project/url/nostore', '/p/classify/iterations/n/url'])(
    'answers %s with 200 and words of failure',
    async (path) => {
      const response = await postImage(endpoint, Buffer.from('{"url":"http://x/y.jpg"}'), { path });

      expect(response.status).toBe(200);
      expect(await response.text()).toBe('Error processing image');
    },
  );

  it('numbers the tags of a detection model', async () => {
    const detector = await startPredictionEndpoint({ projectType: 'detect', scoring: 'fixed' });

    const answer = await answered(postImage(detector, await redPng(), { path: '/image' }));
    await detector.stop();

    expect(answer.body).toMatchObject({
      predictions: [{ tagId: 0, tagName: 'ok', boundingBox: { left: 0.25, width: 0.5 } }],
    });
  });
});

/** Every way to be refused by the cloud's Prediction API, by layer. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type PredictionEndpoint,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import {
  answered,
  cloudPath,
  multipartBody,
  multipartHeaders,
  postImage,
} from './helpers/calls.ts';
import { type ExportFixture, exportFixture } from './helpers/exportFixture.ts';
import { badPhotos, pngHeader, redPng } from './helpers/photos.ts';

let fixture: ExportFixture;
let endpoint: PredictionEndpoint;

beforeAll(async () => {
  fixture = await exportFixture();
  endpoint = await startPredictionEndpoint({ modelDir: fixture.modelDir });
});

afterAll(async () => {
  await endpoint.stop();
  await fixture.remove();
});

const anything = Buffer.from('not looked at');

describe('the gateway', () => {
  it.each([
    ['a wrong key', { 'prediction-key': 'stale' }],
    ['an empty key', { 'prediction-key': '' }],
    ['a training key in another header', { 'training-key': 'some', 'prediction-key': 'none' }],
  ])('refuses %s', async (_, headers) => {
    const answer = await answered(postImage(endpoint, anything, { headers }));

    expect(answer).toMatchObject({ status: 401, body: { error: { code: '401' } } });
    expect(JSON.stringify(answer.body)).toContain('invalid subscription key');
  });

  it.each([
    ['no credentials', {}, 'invalid subscription key'],
    ['a wrong token', { authorization: 'Bearer stale' }, 'Access token is missing, invalid'],
    ['a scheme it does not know', { authorization: 'Basic c3RhbGU=' }, 'Access token is missing'],
  ])('refuses %s', async (_, headers, message) => {
    const call = fetch(endpoint.endpoint + cloudPath(endpoint), {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', ...headers },
      body: anything,
    });

    const answer = await answered(call);

    expect(answer).toMatchObject({ status: 401, body: { error: { code: '401' } } });
    expect(JSON.stringify(answer.body)).toContain(message);
  });

  it('knows no other path', async () => {
    const path = cloudPath(endpoint, 'images');

    const answer = await answered(postImage(endpoint, anything, { path }));

    expect(answer).toEqual({
      status: 404,
      body: { error: { code: '404', message: 'Resource not found' } },
    });
  });

  it('knows no other method', async () => {
    const answer = await answered(fetch(endpoint.endpoint + cloudPath(endpoint)));

    expect(answer.status).toBe(404);
  });
});

describe('the service', () => {
  it.each([
    [
      'a project it does not have',
      (path: string) => path.replace(endpoint.projectId, '00000000-0000-4000-8000-000000000000'),
      { status: 404, body: { code: 'NotFoundProject', message: 'Invalid project id' } },
    ],
    [
      'a name nobody published',
      (path: string) => path.replace('/production/', '/staging/'),
      { status: 404, body: { code: 'NotFoundIteration', message: 'Invalid iteration' } },
    ],
    [
      'detection in a classification project',
      (path: string) => path.replace('/classify/', '/detect/'),
      {
        status: 400,
        body: {
          code: 'BadRequestOperationNotSupported',
          message: 'Invalid project type for operation.',
        },
      },
    ],
  ])('refuses %s', async (_, edit, refusal) => {
    const path = edit(cloudPath(endpoint));

    expect(await answered(postImage(endpoint, anything, { path }))).toEqual(refusal);
  });

  it('refuses classification in a detection project', async () => {
    const detector = await startPredictionEndpoint({ projectType: 'detect', scoring: 'fixed' });

    const answer = await answered(postImage(detector, anything));
    await detector.stop();

    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'BadRequestOperationNotSupported' },
    });
  });

  it('refuses a body that is neither bytes nor multipart', async () => {
    const headers = { 'content-type': 'application/json' };

    const answer = await answered(postImage(endpoint, anything, { headers }));

    expect(answer).toMatchObject({ status: 415, body: { code: 'UnsupportedMediaType' } });
  });

  it('refuses multipart without a photo in it', async () => {
    const body = multipartBody('Content-Disposition: form-data; name="photo"', await redPng());

    const answer = await answered(postImage(endpoint, body, { headers: multipartHeaders }));

    expect(answer).toMatchObject({ status: 400, body: { code: 'BadRequestImageStream' } });
  });

  it('refuses multipart under the header of raw bytes', async () => {
    const body = multipartBody('Content-Disposition: form-data; name="imageData"', await redPng());

    const answer = await answered(postImage(endpoint, body));

    expect(answer).toMatchObject({ status: 400, body: { code: 'BadRequestImageFormat' } });
  });

  it.each(badPhotos)('refuses $what as a photo', async ({ bytes, code }) => {
    const answer = await answered(postImage(endpoint, await bytes()));

    expect(answer).toMatchObject({ status: 400, body: { code } });
    expect(JSON.stringify(answer.body)).toMatch(/Bad Request Image [ \w]+, Uri: [0-9a-f]{32}/);
  });

  it('takes a photo of exactly 4 MiB, in multipart too', async () => {
    const photo = Buffer.concat([await redPng()], 4 * 1024 * 1024);
    const head = 'Content-Disposition: form-data; name="imageData"';

    const raw = await postImage(endpoint, photo);
    const body = multipartBody(head, photo);
    const multipart = await postImage(endpoint, body, { headers: multipartHeaders });

    expect([raw.status, multipart.status]).toEqual([200, 200]);
  });

  it('refuses more pixels than it can decode in little memory', async () => {
    const answer = await answered(postImage(endpoint, pngHeader(6_000, 5_000)));

    expect(answer).toMatchObject({ status: 400, body: { code: 'BadRequestImageDimensions' } });
  });
});

it('asks for the key before it looks at quota, project or photo', async () => {
  endpoint.control.setQuota({ callsPerSecond: 1 });
  const stale = { headers: { 'prediction-key': 'stale' } };

  await Promise.all([1, 2, 3].map(() => postImage(endpoint, anything, stale)));
  const first = await postImage(endpoint, anything);
  const second = await postImage(endpoint, anything);
  endpoint.control.setQuota(undefined);

  expect([first.status, second.status]).toEqual([400, 429]);
});

/** The cloud's Prediction API through the official SDK and through plain HTTP. */
import { PredictionAPIClient } from '@azure/cognitiveservices-customvision-prediction';
import { ApiKeyCredentials } from '@azure/ms-rest-js';
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
import {
  type ExportFixture,
  exportFixture,
  iterationId,
  labels,
  pureColourProbability,
} from './helpers/exportFixture.ts';
import { bitmap, blue, plain, red, redPng } from './helpers/photos.ts';

let fixture: ExportFixture;
let endpoint: PredictionEndpoint;

beforeAll(async () => {
  fixture = await exportFixture();
  const { modelDir } = fixture;
  endpoint = await startPredictionEndpoint({ modelDir, publishedName: 'parts v2' });
});

afterAll(async () => {
  await endpoint.stop();
  await fixture.remove();
});

function sdk(target: PredictionEndpoint): PredictionAPIClient {
  const credentials = new ApiKeyCredentials({ inHeader: { 'Prediction-Key': target.key } });
  return new PredictionAPIClient(credentials, target.endpoint, { noRetryPolicy: true });
}

describe('the official SDK', () => {
  it('gets a classification with every field the service sends', async () => {
    const { projectId, publishedName } = endpoint;

    const answer = await sdk(endpoint).classifyImage(projectId, publishedName, await redPng());

    expect(answer).toMatchObject({ project: projectId, iteration: iterationId });
    expect(answer.created).toBeInstanceOf(Date);
    expect(answer.predictions?.map(({ tagName }) => tagName)).toHaveLength(labels.length);
    expect(answer.predictions?.[0]).toMatchObject({ tagName: 'red', tagType: 'Regular' });
    expect(answer.predictions?.[0]?.probability).toBeCloseTo(pureColourProbability, 3);
  });

  it('gets the same scores without storing the photo', async () => {
    const { projectId, publishedName } = endpoint;
    const client = sdk(endpoint);

    const stored = await client.classifyImage(projectId, publishedName, await redPng());
    const unstored = await client.classifyImageWithNoStore(
      projectId,
      publishedName,
      await redPng(),
      { application: 'line 4' },
    );

    expect(unstored.predictions).toEqual(stored.predictions);
    expect(unstored.id).not.toBe(stored.id);
  });

  it('gets the code of a refusal', async () => {
    const call = sdk(endpoint).classifyImage(endpoint.projectId, 'never published', await redPng());

    await expect(call).rejects.toMatchObject({ statusCode: 404, code: 'NotFoundIteration' });
  });

  it('gets boxes from a detection project', async () => {
    const detector = await startPredictionEndpoint({ projectType: 'detect', scoring: 'fixed' });
    const { projectId, publishedName } = detector;

    const answer = await sdk(detector).detectImage(projectId, publishedName, await redPng());
    const unstored = await sdk(detector).detectImageWithNoStore(
      projectId,
      publishedName,
      await redPng(),
    );
    await detector.stop();

    const box = { left: 0.25, top: 0.25, width: 0.5, height: 0.5 };
    expect(answer.predictions).toMatchObject([{ tagName: 'ok', boundingBox: box }]);
    expect(unstored.predictions).toEqual(answer.predictions);
  });
});

describe('plain HTTP', () => {
  it('answers raw bytes with ids for the request', async () => {
    const response = await postImage(endpoint, await redPng());

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('apim-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('x-ms-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('strict-transport-security')).toContain('max-age=');
  });

  it('puts ids on refusals and on paths it does not know', async () => {
    const refused = await postImage(endpoint, Buffer.from('no photo'));
    const unknown = await fetch(`${endpoint.endpoint}/nowhere`);

    const ids = [refused, unknown].map(({ headers }) => headers.get('apim-request-id'));
    expect([refused.status, unknown.status]).toEqual([400, 404]);
    expect(new Set(ids).size).toBe(2);
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.any(String)]);
  });

  it.each([
    ['with', 'Content-Disposition: form-data; name="imageData"; filename="part.png"'],
    ['without', 'Content-Disposition: form-data; name="imageData"'],
    ['without quotes and', 'content-disposition: form-data; name=imageData'],
  ])('reads a multipart photo %s a filename', async (_, head) => {
    const body = multipartBody(head, await redPng());

    const answer = await answered(postImage(endpoint, body, { headers: multipartHeaders }));

    expect(answer).toMatchObject({
      status: 200,
      body: { predictions: [{ tagName: 'red' }, {}, {}, {}] },
    });
  });

  it('reads what FormData sends', async () => {
    const form = new FormData();
    form.set('imageData', new Blob([Buffer.from(await redPng())]), 'part.png');
    const headers = { 'prediction-key': endpoint.key };

    const call = fetch(endpoint.endpoint + cloudPath(endpoint), {
      method: 'POST',
      headers,
      body: form,
    });

    expect(await answered(call)).toMatchObject({ status: 200 });
  });

  it('answers version 3.0 in any case of letters, without tag types', async () => {
    const path = cloudPath(endpoint, 'Image', 'v3.0')
      .replace('customvision', 'CustomVision')
      .replace('prediction', 'Prediction')
      .replace('classify/iterations', 'Classify/Iterations');

    const answer = await answered(postImage(endpoint, await redPng(), { path }));

    expect(answer).toMatchObject({
      status: 200,
      body: { predictions: [{ tagName: 'red' }, {}, {}, {}] },
    });
    expect(JSON.stringify(answer.body)).not.toContain('tagType');
  });

  it.each(['prediction-key', 'ocp-apim-subscription-key'])('takes the key as %s', async (name) => {
    const headers = { 'content-type': 'application/octet-stream', [name]: endpoint.key };
    const body = Buffer.from(await redPng());

    const call = fetch(endpoint.endpoint + cloudPath(endpoint), { method: 'POST', headers, body });

    expect((await call).status).toBe(200);
  });

  it('takes a bearer token instead of a key', async () => {
    const authorization = `Bearer ${endpoint.bearerToken}`;
    const headers = { 'content-type': 'application/octet-stream', authorization };
    const body = Buffer.from(await redPng());

    const call = fetch(endpoint.endpoint + cloudPath(endpoint), { method: 'POST', headers, body });

    expect((await call).status).toBe(200);
  });

  it.each([
    ['JPEG', () => plain(blue).jpeg().toBuffer()],
    ['GIF', () => plain(blue).gif().toBuffer()],
    ['BMP', () => bitmap(blue, 33, 21)],
    ['grey PNG with alpha', () => plain({ r: 9, g: 9, b: 255 }).ensureAlpha().png().toBuffer()],
    ['single pixel', () => plain(blue, 1, 1).png().toBuffer()],
  ])('scores a %s', async (_, bytes) => {
    const answer = await answered(postImage(endpoint, await bytes()));

    expect(answer).toMatchObject({
      status: 200,
      body: { predictions: [{ tagName: 'blue' }, {}, {}, {}] },
    });
  });

  it('keeps a tag under one id from start to start', async () => {
    const { modelDir } = fixture;
    const again = await startPredictionEndpoint({ modelDir });
    const photo = await plain(red).png().toBuffer();

    const [first, second] = await Promise.all([
      answered(postImage(endpoint, photo)),
      answered(postImage(again, photo)),
    ]);
    await again.stop();

    const tagIds = ({ body }: { body: unknown }) => JSON.stringify(body).match(/"tagId":"[^"]+"/g);
    expect(tagIds(second)).toEqual(tagIds(first));
    expect(new Set(tagIds(first)).size).toBe(labels.length);
  });
});

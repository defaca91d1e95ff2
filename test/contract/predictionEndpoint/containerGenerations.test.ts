/** What the exported containers of three generations do differently. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type PredictionEndpoint,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { answered, command, postImage } from './helpers/calls.ts';
import { type ExportFixture, exportFixture } from './helpers/exportFixture.ts';
import { fileServer } from './helpers/fileServer.ts';
import { onnxFile } from './helpers/onnxFile.ts';
import { noisyJpeg, redPng } from './helpers/photos.ts';

let fixture: ExportFixture;
let endpoint: PredictionEndpoint;

/** Red is so sure of itself that the others are next to nothing. */
const steep = onnxFile({
  sidePx: 32,
  weights: [
    [0.02, 0, 0],
    [0, 0.02, 0],
    [0, 0, 0.1],
  ],
});

beforeAll(async () => {
  fixture = await exportFixture({ modelBytes: steep, labelsText: 'blue\ngreen\nred' });
  endpoint = await startPredictionEndpoint({ modelDir: fixture.modelDir });
});

afterEach(() => endpoint.control.setContainer('2020'));

afterAll(async () => {
  await endpoint.stop();
  await fixture.remove();
});

async function halfJpeg(): Promise<Buffer> {
  const whole = await noisyJpeg();
  return whole.subarray(0, whole.length / 2);
}

const page = () => Buffer.from('<html></html>');
const damagedText = /^"Error: Could not preprocess image/;

async function textOf(bytes: Buffer, path = '/image') {
  const response = await postImage(endpoint, bytes, { path });
  return { status: response.status, text: await response.text() };
}

describe.each([
  {
    generation: '2018',
    long: 404,
    tags: 1,
    unreadable: [500, /^Error processing image$/],
    damaged: [200, damagedText],
    url: 200,
  },
  {
    generation: '2020',
    long: 200,
    tags: 1,
    unreadable: [500, /^Error processing image$/],
    damaged: [200, damagedText],
    url: 200,
  },
  {
    generation: '2024',
    long: 200,
    tags: 3,
    unreadable: [200, /^null$/],
    damaged: [200, /^null$/],
    url: 500,
  },
] as const)(
  'a container of $generation',
  ({ generation, long, tags, unreadable, damaged, url }) => {
    beforeAll(async () => {
      await command(endpoint, 'PUT', '/control/container', { generation });
    });

    const choose = () => endpoint.control.setContainer(generation);

    it(`answers ${long} where a project is named`, async () => {
      choose();

      const response = await postImage(endpoint, await redPng(), { path: '/any/image/nostore' });

      expect(response.status).toBe(long);
    });

    it(`tells ${tags} of three tags of a photo it is sure of`, async () => {
      choose();

      const { body } = await answered(postImage(endpoint, await redPng(), { path: '/image' }));

      expect(Object(body).predictions).toHaveLength(tags);
    });

    it(`answers ${unreadable[0]} to what is no photo`, async () => {
      choose();

      const { status, text } = await textOf(page());

      expect(status).toBe(unreadable[0]);
      expect(text).toMatch(unreadable[1]);
    });

    it(`answers ${damaged[0]} to half a photo`, async () => {
      choose();

      const { status, text } = await textOf(await halfJpeg());

      expect(status).toBe(damaged[0]);
      expect(text).toMatch(damaged[1]);
    });

    it(`answers ${url} to an address it can't fetch`, async () => {
      choose();

      const { status, text } = await textOf(
        Buffer.from('{"url":"http://192.0.2.7/x.jpg"}'),
        '/url',
      );

      expect(status).toBe(url);
      expect(text).toBe('Error processing image');
    });
  },
);

it('refuses a generation that never was', async () => {
  const refused = await command(endpoint, 'PUT', '/control/container', { generation: '2019' });

  expect(refused.status).toBe(400);
});

it("has none of the service's headers in the container's answers", async () => {
  const response = await postImage(endpoint, await redPng(), { path: '/image' });

  expect(response.headers.get('apim-request-id')).toBeNull();
});

it.each([
  ['2020', 'url', 200, 'Error processing image'],
  ['2024', 'url', 200, 'null'],
  ['2020', 'Url', 200, 'Error processing image'],
] as const)(
  'a container of %s fetches for the key %s, and answers %i %s to what is no photo there',
  async (generation, key, status, text) => {
    endpoint.control.setContainer(generation);
    const source = await fileServer({ '/page': page(), '/photo': await redPng() });
    const ask = async (path: string) => {
      const body = Buffer.from(JSON.stringify({ [key]: source.url + path }));
      const response = await postImage(endpoint, body, { path: '/url' });
      return { status: response.status, text: await response.text() };
    };

    const failed = await ask('/page');
    const scored = await ask('/photo');
    await source.stop();

    expect(failed).toEqual({ status, text });
    expect(scored.text.includes('"predictions"')).toBe(key === 'url');
  },
);

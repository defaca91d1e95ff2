/** What people type: curl with a file, with a form, with an address. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type PredictionEndpoint,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { cloudPath } from './helpers/calls.ts';
import { hasDebianTool } from './helpers/debianTool.ts';
import { redPng } from './helpers/photos.ts';

const run = promisify(execFile);
const hasCurl = await hasDebianTool('curl', 'the prediction endpoint checks with curl');

if (hasCurl) {
  describe('curl', () => {
    let endpoint: PredictionEndpoint;
    let folder: string;
    let photoFile: string;

    beforeAll(async () => {
      endpoint = await startPredictionEndpoint({ scoring: 'fixed' });
      folder = await mkdtemp(join(tmpdir(), 'sightglass-curl-'));
      photoFile = join(folder, 'photo.png');
      await writeFile(photoFile, await redPng());
    });

    afterAll(async () => {
      await Promise.all([endpoint.stop(), rm(folder, { recursive: true })]);
    });

    async function curl(tail: string, ...args: readonly string[]) {
      const url = endpoint.endpoint + cloudPath(endpoint, tail);
      const key = `Prediction-Key: ${endpoint.key}`;
      const { stdout } = await run('curl', [
        '-sS',
        '-w',
        '\n%{http_code}',
        '-H',
        key,
        ...args,
        url,
      ]);
      const [body = '', status = ''] = stdout.split('\n');
      return { status, body: JSON.parse(body) };
    }

    const predicted = { status: '200', body: { predictions: [{ tagName: 'ok' }, {}, {}] } };

    it('gets an answer for a file sent as it is', async () => {
      const type = 'Content-Type: application/octet-stream';

      const answer = await curl('image/nostore', '-H', type, '--data-binary', `@${photoFile}`);

      expect(answer).toMatchObject(predicted);
    });

    it('gets an answer for a file sent as a form', async () => {
      const answer = await curl('image', '-F', `imageData=@${photoFile};type=image/png`);

      expect(answer).toMatchObject(predicted);
    });

    it('is told that the type it sends unasked is none of a photo', async () => {
      const answer = await curl('image/nostore', '--data-binary', `@${photoFile}`);

      expect(answer).toMatchObject({ status: '415', body: { code: 'UnsupportedMediaType' } });
    });
  });
}

it('tells whoever opens it by hand what it is', async () => {
  const endpoint = await startPredictionEndpoint({ scoring: 'fixed' });

  const greeting = await fetch(endpoint.endpoint);
  const described = await fetch(`${endpoint.endpoint}/control`);
  await endpoint.stop();

  expect(await greeting.text()).toBe('CustomVision.ai model host harness');
  expect(await described.json()).toMatchObject({
    publishedName: 'production',
    runtime: 'fixed',
    container: '2020',
    errorBodies: 'current',
    latency: { fixedMs: 0 },
    quota: {},
  });
});

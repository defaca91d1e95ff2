/** A web page of another origin, in a real browser: a form with a file, as a product's page has it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type PredictionEndpoint,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { cloudPath, postImage } from './helpers/calls.ts';
import { hasDebianTool } from './helpers/debianTool.ts';
import { type FileServer, fileServer } from './helpers/fileServer.ts';
import { redPng } from './helpers/photos.ts';

const run = promisify(execFile);
const hasBrowser = await hasDebianTool('chromium', 'the prediction endpoint checks in a browser');
const browserTimeoutMs = 60_000;

/** Asks once with a form and once with a wrong key, and writes what it could read into the page. */
function page(url: string, key: string): string {
  return `<!doctype html><meta charset="utf-8"><body><pre id="seen"></pre><script>
const seen = {};
const ask = async (key) => {
  const photo = await (await fetch('/photo.png')).blob();
  const form = new FormData();
  form.append('imageData', new File([photo], 'part 1.png', { type: 'image/png' }));
  const answer = await fetch(${JSON.stringify(url)}, {
    method: 'POST', headers: { 'Prediction-Key': key }, body: form });
  return { status: answer.status, id: answer.headers.get('apim-request-id'), body: await answer.json() };
};
(async () => {
  seen.answer = await ask(${JSON.stringify(key)});
  seen.refusal = await ask('stale');
})().catch((error) => { seen.error = String(error); })
  .finally(() => { document.getElementById('seen').textContent = JSON.stringify(seen); });
</script></body>`;
}

let endpoint: PredictionEndpoint;

beforeAll(async () => {
  endpoint = await startPredictionEndpoint({ scoring: 'fixed' });
});

afterAll(() => endpoint.stop());

it('lets web pages of any origin ask, with a key too', async () => {
  const path = endpoint.endpoint + cloudPath(endpoint);
  const origin = { origin: 'http://localhost:5173' };
  const asked = { 'access-control-request-headers': 'prediction-key', ...origin };

  const preflight = await fetch(path, { method: 'OPTIONS', headers: asked });
  const answer = await postImage(endpoint, await redPng(), { headers: origin });

  expect(preflight.status).toBe(200);
  expect(preflight.headers.get('access-control-allow-headers')).toBe('prediction-key');
  expect(preflight.headers.get('access-control-allow-methods')).toBe('POST');
  for (const each of [preflight, answer]) {
    expect(each.headers.get('access-control-allow-origin')).toBe('*');
  }
});

if (hasBrowser) {
  describe('a web page of another origin', () => {
    let website: FileServer;
    let profile: string;

    beforeAll(async () => {
      const url = endpoint.endpoint + cloudPath(endpoint, 'image');
      website = await fileServer({
        '/page.html': Buffer.from(page(url, endpoint.key)),
        '/photo.png': await redPng(),
      });
      profile = await mkdtemp(join(tmpdir(), 'sightglass-browser-'));
    });

    afterAll(async () => {
      await website.stop();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    });

    it('gets its form answered, and can read a refusal and its id', {
      timeout: 90_000,
    }, async () => {
      const quiet = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
      const { stdout } = await run(
        'chromium',
        [
          ...quiet,
          `--user-data-dir=${profile}`,
          '--virtual-time-budget=20000',
          '--dump-dom',
          `${website.url}/page.html`,
        ],
        { timeout: browserTimeoutMs },
      );

      const seen: unknown = JSON.parse(/<pre id="seen">(.*?)<\/pre>/s.exec(stdout)?.[1] ?? '{}');
      expect(seen).toMatchObject({
        answer: {
          status: 200,
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          body: { predictions: [{ tagName: 'ok' }, {}, {}] },
        },
        refusal: { status: 401, body: { error: { code: '401' } } },
      });
      expect(endpoint.control.stored.summary().storedCount).toBe(1);
    });
  });
}

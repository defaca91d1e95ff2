/** The page of charts, as a browser meets it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTelemetryCollector } from '../../../local/telemetryCollector/startTelemetryCollector.ts';
import { hasDebianTool } from '../predictionEndpoint/helpers/debianTool.ts';
import { sendPhotos } from './helpers/sendPhotos.ts';

const run = promisify(execFile);
const hasBrowser = await hasDebianTool('chromium', 'the page of the telemetry collector');

const collector = await startTelemetryCollector();
afterAll(() => collector.stop());

it('serves a page that may ask nobody but the collector', async () => {
  const page = await fetch(collector.pageUrl);
  const text = await page.text();

  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(text).not.toMatch(/https?:\/\//);
  for (const path of ['page.js', 'page.css']) {
    expect((await fetch(collector.pageUrl + path)).status).toBe(200);
  }
});

it.each([
  ['board?minutes=0', 400],
  ['board?minutes=much', 400],
  ['photo', 400],
  ['photo?name=%3Cb%3E', 200],
  ['../package.json', 404],
  ['browser/page.ts', 404],
])('answers a call of %s with %i', async (path, status) => {
  expect((await fetch(collector.pageUrl + path)).status).toBe(status);
});

if (hasBrowser) {
  describe('the page in a browser', () => {
    let profile: string;

    beforeAll(async () => {
      profile = await mkdtemp(join(tmpdir(), 'sightglass-browser-'));
      await sendPhotos(collector, Date.now());
    });

    afterAll(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }));

    it('draws what arrived, and the way of the photo it is asked for', {
      timeout: 90_000,
    }, async () => {
      const { stdout } = await run(
        'chromium',
        [
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          '--disable-dev-shm-usage',
          `--user-data-dir=${profile}`,
          '--virtual-time-budget=5000',
          '--dump-dom',
          `${collector.pageUrl}#photos/part%207.jpg`,
        ],
        { timeout: 60_000 },
      );

      expect(stdout).toContain('<canvas');
      expect(stdout).toMatch(/<span>Photos ended<\/span><strong>40<\/strong>/);
      expect(stdout).toMatch(/aria-label="How long from arrival to result\? Latest, in ms: p50 \d/);
      expect(stdout).toMatch(/<strong>photos\/part 7\.jpg<\/strong>/);
      expect(stdout).toMatch(/<th scope="row"[^>]*>parked<\/th>/);
    });
  });
}

/** The page of charts, as a browser meets it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTelemetryCollector } from '../../../local/telemetryCollector/startTelemetryCollector.ts';
import { hasDebianTool } from '../predictionEndpoint/helpers/debianTool.ts';
import { type Browser, openBrowser } from './helpers/browser.ts';
import { sendPhotos } from './helpers/sendPhotos.ts';

const require = createRequire(import.meta.url);
const patience = { timeout: 60_000, interval: 100 };
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

/** Everything that can be opened is open, and the way of a photo that was parked is shown. */
const shown = `(async () => {
  const isThere = () => document.querySelectorAll('canvas').length >= 8
    && document.querySelector('#trace table');
  const endsAtMs = Date.now() + 60_000;
  while (!isThere() && Date.now() < endsAtMs) await new Promise((go) => setTimeout(go, 50));
  for (const details of document.querySelectorAll('details')) details.open = true;
  await new Promise(requestAnimationFrame);
  return document.documentElement.outerHTML;
})()`;

const looks = [
  { scheme: 'light', widthPx: 1_440 },
  { scheme: 'dark', widthPx: 390 },
] as const;

/** What axe calls serious or critical, and more than the page is wide. */
const barriers = `${readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')};
axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => ({
  violations: violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]),
  isWithin: document.documentElement.scrollWidth <= innerWidth,
}))`;

/** What has the keyboard, and whether that can be seen. */
const focused = `(() => {
  const { activeElement: at } = document;
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  const name = at.id || at.className || at.tagName.toLowerCase();
  return [name, outlineStyle !== 'none' && outlineWidth !== '0px'];
})()`;

if (hasBrowser) {
  describe('the page in a browser', () => {
    const url = `${collector.pageUrl}#photos/part%207.jpg`;
    let browser: Browser;

    beforeAll(async () => {
      await sendPhotos(collector, Date.now());
      collector.lookWith(() => Promise.resolve());
      browser = await openBrowser();
    }, 90_000);

    afterAll(() => browser.close());

    it('draws what arrived, and the way of the photo it is asked for', {
      timeout: 90_000,
    }, async () => {
      await browser.open(url, looks[0]);
      const html = await browser.run(shown);

      expect(html).toMatch(/<span>Photos ended<\/span><strong>40<\/strong>/);
      expect(html).toMatch(/aria-label="How long from arrival to result\? Latest, in ms: p50 \d/);
      expect(html).toMatch(/<strong>photos\/part 7\.jpg<\/strong>/);
      expect(html).toMatch(/<th scope="row"[^>]*>parked<\/th>/);
      expect(browser.problems).toEqual([]);
    });

    it.each(looks)(
      'has no serious barrier for anybody: $scheme, $widthPx wide',
      {
        timeout: 90_000,
      },
      async (look) => {
        await browser.open(url, look);
        await browser.run(shown);

        expect(await browser.run(barriers)).toEqual({ violations: [], isWithin: true });
      },
    );

    it('gives the keyboard its controls in order, and shows where it is', {
      timeout: 90_000,
    }, async () => {
      await browser.open(url, looks[0]);
      await browser.run(shown);

      const met = [];
      for (let steps = 0; steps < 7; steps += 1) {
        await browser.tab();
        met.push(await browser.run(focused));
      }
      const names = ['minutes', 'live', 'look', 'photo', 'button', 'scrolls', 'summary'];
      expect(met).toEqual(names.map((name) => [name, true]));
    });

    it('keeps the keyboard where it is while new figures arrive', {
      timeout: 90_000,
    }, async () => {
      await browser.open(url, looks[0]);
      await browser.run(shown);
      await browser.run(`document.querySelector('article button.photo').focus()`);
      const before = await browser.run(focused);
      await sendPhotos(collector, Date.now());

      const html = await vi.waitFor(async () => {
        const text = String(await browser.run('document.documentElement.outerHTML'));
        expect(text).toMatch(/<strong>80<\/strong>/);
        return text;
      }, patience);

      expect(html).toContain('data-photo');
      expect(before).toEqual(['photo', expect.any(Boolean)]);
      expect(await browser.run(focused)).toEqual(before);
    });
  });
}

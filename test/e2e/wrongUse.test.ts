/** Commands as rude hands type them: told in one line what is wrong, before anything is touched. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightglass-wrong-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function said(script: string, ...args: string[]): Promise<{ code: unknown; first: string }> {
  return new Promise((resolve) => {
    // No settings, and none are asked for.
    const env = { PATH: process.env['PATH'] };
    execFile(process.execPath, [script, ...args], { env }, (error, _stdout, stderr) => {
      resolve({ code: error?.code ?? 0, first: stderr.split('\n')[0] ?? '' });
    });
  });
}

it.each([
  [['--json', 'quota'], 'Which command? It comes first.'],
  [['toString'], 'There is no command "toString".'],
  [['backfill'], 'backfill takes one PREFIX'],
  [['backfill', 'a', '--price', 'x'], '--price takes a number from 0'],
  [['replay', '--price', ''], '--price takes a number from 0'],
  [['pause', ' '], 'pause takes a REASON: whoever finds it has to know why'],
])('answers cli %j as wrong use though there are no settings', async (args, words) => {
  const { code, first } = await said('cli/main.ts', ...args);

  expect(first).toContain(words);
  expect(code).toBe(2);
});

it.each([
  ['{"Values":{"A":1}}', 'Values.A: is no text in quotes'],
  ['{}', 'Values: is not as in local.settings.sample.json'],
  [
    '{"IsEncrypted":true,"Values":{}}',
    'IsEncrypted: only settings that are not encrypted can be read',
  ],
])('says what is wrong with a settings file %s', async (text, words) => {
  const file = join(folder, 'settings.json');
  writeFileSync(file, text);

  expect(await said('cli/main.ts', 'quota', '--settings', file)).toEqual({
    code: 1,
    first: `${file}: ${words}`,
  });
});

it.each([
  [['toString'], 'There is no bench "toString".'],
  [['crash', 'extra'], 'crash can\'t take "extra"'],
])('answers bench %j as wrong use', async (args, words) => {
  expect(await said('bench/main.ts', ...args)).toEqual({ code: 2, first: words });
});

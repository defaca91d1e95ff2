import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../../../local/temporaryFolder.ts';

const before = process.env['TMPDIR'];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightglass-temporary-'));
  process.env['TMPDIR'] = folder;
});
afterEach(() => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  rmSync(folder, { recursive: true });
});

it('takes away what a killed world left, and nothing else', async () => {
  const killed = spawnSync(process.execPath, ['--version']).pid;
  for (const name of [
    `sightglass-part-${killed}-a`,
    `sightglass-part-${process.ppid}-b`,
    'other',
  ]) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'authority.pem'), '');
  }

  const own = await temporaryFolder();
  await temporaryFolder();

  const left = readdirSync(folder);
  expect(left).toContain(basename(own));
  expect(left).toHaveLength(4);
  expect(left).not.toContain(`sightglass-part-${killed}-a`);
});

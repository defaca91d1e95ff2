import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimDataFolder } from '../../../local/parts/dataFolder.ts';

let folder: string;
let mark: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightglass-data-'));
  mark = join(folder, 'in-use-by');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('gives a data folder to one world at a time, and tells the other what to do', async () => {
  const release = await claimDataFolder(folder);

  await expect(claimDataFolder(folder)).rejects.toThrow(
    `in use by the world of process ${process.pid}: end that one or name another folder`,
  );
  await release();
  const again = await claimDataFolder(folder);
  await again();
  expect(existsSync(mark)).toBe(false);
});

it('refuses a data folder that another living process has', async () => {
  writeFileSync(mark, `${process.ppid}\n`);

  await expect(claimDataFolder(folder)).rejects.toThrow(`delete ${mark}`);
});

it('takes over a data folder whose world was killed', async () => {
  const ended = spawnSync(process.execPath, ['--version']).pid;

  for (const left of [`${ended}\n`, `${process.pid}\n`, '', 'no number']) {
    writeFileSync(mark, left);
    const release = await claimDataFolder(folder);
    await release();
  }
});

it('says of a data folder that is a file that no data can be kept there', async () => {
  writeFileSync(join(folder, 'file'), '');

  await expect(claimDataFolder(join(folder, 'file'))).rejects.toThrow(
    /^No data can be kept in .*file: a file is there, not a folder\. Name another folder\.$/,
  );
});

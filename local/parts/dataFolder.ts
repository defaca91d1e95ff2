/** A folder of kept data has one world at a time: two would write over each other's files. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf } from '../../shared/errors.ts';
import { isAlive } from '../isAlive.ts';

/** Of worlds in this process: after a restart of the machine somebody else's number may be ours. */
const ownFolders = new Set<string>();

/** @returns gives it back. @throws Error where another world has it. */
export async function claimDataFolder(dataDir: string | undefined): Promise<() => Promise<void>> {
  if (dataDir === undefined) return async () => {};
  const folder = resolve(dataDir);
  const file = join(folder, 'in-use-by');
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw unusable(folder, error);
  }
  await claim(folder, file);
  ownFolders.add(folder);
  return async () => {
    ownFolders.delete(folder);
    await rm(file, { force: true });
  };
}

async function claim(folder: string, file: string): Promise<void> {
  const write = () => writeFile(file, `${process.pid}\n`, { flag: 'wx' });
  try {
    await write();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
      throw unusable(folder, error);
    }
    const owner = Number(await readFile(file, 'utf8').catch(() => ''));
    if (owner === process.pid ? ownFolders.has(folder) : isAlive(owner)) {
      throw new Error(
        `The folder ${folder} is in use by the world of process ${owner}: end that one or name another ` +
          `folder. Where that process is something else, delete ${file}.`,
        { cause: error },
      );
    }
    // Left by a world that was killed.
    await rm(file, { force: true });
    await write();
  }
}

function unusable(folder: string, cause: unknown): Error {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const isFile = code === 'EEXIST' || code === 'ENOTDIR';
  const reason = isFile ? 'a file is there, not a folder' : messageOf(cause);
  return new Error(`No data can be kept in ${folder}: ${reason}. Name another folder.`, { cause });
}

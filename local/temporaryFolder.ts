/** A folder for a part to take away at its end; where its process was killed, the next world does. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './isAlive.ts';

/** With the owner's process id in it. */
const ownersName = /^sightglass-part-(\d+)-/;

export async function temporaryFolder(): Promise<string> {
  await removeOrphans();
  return mkdtemp(join(tmpdir(), `sightglass-part-${process.pid}-`));
}

async function removeOrphans(): Promise<void> {
  // A folder may take new ones and still not be listed: then they stay.
  const names = await readdir(tmpdir()).catch(() => []);
  const orphans = names.filter((name) => {
    const owner = ownersName.exec(name)?.[1];
    return owner !== undefined && !isAlive(Number(owner));
  });
  await Promise.all(
    // Somebody else's is theirs to take away.
    orphans.map((name) =>
      rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {}),
    ),
  );
}

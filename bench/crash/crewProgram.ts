/** The crew's program as one bundle: a process that dies soon has to start fast. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface CrewProgram {
  readonly file: string;
  remove(): Promise<void>;
}

export async function buildCrewProgram(): Promise<CrewProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'sightglass-crash-'));
  await build({
    entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    // The storage SDK stays apart: it is loaded only where it is used.
    splitting: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return {
    file: join(folder, 'worker.mjs'),
    remove: () => rm(folder, { recursive: true }),
  };
}

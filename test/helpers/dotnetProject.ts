/**
 * Checks with .NET's clients: a project of the tests, built into a folder of its own. Its packages
 * come from the user's cache, or from NuGet where they are missing; where neither has them, or there
 * is no .NET, everybody reads on the console what was left out.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sayLoudly } from './foreignChecks.ts';

const run = promisify(execFile);
const restoreTimeoutMs = 120_000;
const buildTimeoutMs = 240_000;
/** The oldest whose C# the projects are written in. */
const oldestSdk = 8;

const env = { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' };

export interface DotnetProgram {
  /** To be run, with its first arguments. */
  readonly command: readonly string[];
  remove(): Promise<void>;
}

/** Nothing of a build stays: neither files beside the sources nor servers that wait for the next. */
function options(folder: string): string[] {
  const intermediate = `-p:BaseIntermediateOutputPath=${join(folder, 'obj')}/`;
  return ['--disable-build-servers', '-v', 'q', intermediate];
}

/** @returns what is missing. */
async function restore(project: string, folder: string): Promise<string | undefined> {
  try {
    const { stdout: version } = await run('dotnet', ['--version'], { env });
    if (Number.parseInt(version, 10) < oldestSdk) return `The .NET SDK is ${version.trim()}.`;
    await run('dotnet', ['restore', project, ...options(folder)], {
      env,
      timeout: restoreTimeoutMs,
    });
    return undefined;
  } catch (error) {
    const { code, stdout = '' } = error as { code?: unknown; stdout?: string };
    return code === 'ENOENT' ? 'There is no .NET SDK (dotnet).' : `No packages: ${stdout.trim()}`;
  }
}

/**
 * @param checks - what is left out without .NET, for the console.
 * @returns `undefined` where it, or the packages, can't be had.
 * @throws Error where the project has mistakes.
 */
export async function buildDotnet(
  project: string,
  checks: string,
): Promise<DotnetProgram | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'sightglass-dotnet-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const missing = await restore(project, folder);
  if (missing !== undefined) {
    await remove();
    sayLoudly(`SKIPPED: ${checks}. ${missing}`);
    return undefined;
  }
  const output = join(folder, 'out');
  await run('dotnet', ['build', project, '--no-restore', '-o', output, ...options(folder)], {
    env,
    timeout: buildTimeoutMs,
  }).catch(async (error: { stdout?: string }) => {
    await remove();
    throw new Error(`${project} can't be built: ${error.stdout}`);
  });
  return { command: ['dotnet', join(output, 'Checks.dll')], remove };
}

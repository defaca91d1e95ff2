/**
 * Finds the Bicep compiler: the one named in BICEP, one that was restored here, one on PATH, or one
 * from NuGet where dotnet is there. Nothing of it is needed to run the app.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

const project = path('bicep.csproj');
const packages = path('nuget');
/** As pinned in bicep.csproj: another version knows other types and rules. */
const restored = path('nuget/azure.bicep.commandline.linux-x64/0.49.2/tools/bicep');

const restoreTimeoutMs = 120_000;

/** @returns the program, or `undefined` where there is none and none can be had. */
export function findBicep(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const named = env['BICEP']?.trim();
  if (named) return named;
  if (existsSync(restored)) return restored;
  if (isThere('bicep')) return 'bicep';
  return restore() ? restored : undefined;
}

function isThere(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

function restore(): boolean {
  if (process.platform !== 'linux' || process.arch !== 'x64' || !isThere('dotnet')) return false;
  const args = ['restore', project, '--packages', packages, '-v', 'q'];
  spawnSync('dotnet', args, { stdio: 'ignore', timeout: restoreTimeoutMs });
  if (!existsSync(restored)) return false;
  chmodSync(restored, 0o755);
  return true;
}

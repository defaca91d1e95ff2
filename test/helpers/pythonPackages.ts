/**
 * Checks with Python's SDKs, as Debian packages them. They belong to Debian's own interpreter:
 * another `python3` earlier on PATH does not see them. Where they are missing, CI installs them and
 * everybody else reads on the console what was left out.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { type ForeignRun, runForeignChecks, sayLoudly } from './foreignChecks.ts';

const run = promisify(execFile);
const interpreter = '/usr/bin/python3';
/** What the scripts of checks share: `checks.py`. */
const commonFolder = new URL('./python/', import.meta.url).pathname;
const installTimeoutMs = 300_000;

export interface PythonPackage {
  /** What has to be importable, e.g. `azure.eventhub`. */
  readonly module: string;
  readonly debianPackage: string;
}

async function canImport(module: string): Promise<boolean> {
  if (!existsSync(interpreter)) return false;
  return run(interpreter, ['-c', `import ${module}`]).then(
    () => true,
    () => false,
  );
}

function mayInstall(): boolean {
  const isRoot = process.getuid?.() === 0;
  return Boolean(process.env['CI']) && isRoot && existsSync('/usr/bin/apt-get');
}

/** One at a time: several test files may want to install at once. */
async function install({ module, debianPackage }: PythonPackage): Promise<void> {
  const missing = `! ${interpreter} -c 'import ${module}' 2>/dev/null`;
  const fetch = `apt-get -qq update && apt-get -qq -y --no-install-recommends install ${debianPackage}`;
  await run('flock', ['/tmp/sightglass-apt.lock', 'sh', '-c', `if ${missing}; then ${fetch}; fi`], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: installTimeoutMs,
  });
}

/**
 * @param checks - what is left out without the package, for the console.
 * @returns whether Python can import the module, after installing it where that is allowed.
 */
export async function hasPythonPackage(wanted: PythonPackage, checks: string): Promise<boolean> {
  if (await canImport(wanted.module)) return true;
  let reason = `Install it with: apt-get install ${wanted.debianPackage}`;
  if (mayInstall()) {
    try {
      await install(wanted);
    } catch (error) {
      reason = `Installing it failed: ${String(error)}`;
    }
    if (await canImport(wanted.module)) return true;
  }
  sayLoudly(`SKIPPED: ${checks}. Python has no module ${wanted.module}. ${reason}`);
  return false;
}

/** Runs a script of checks with Debian's interpreter, and leaves none of its caches behind. */
export function runPythonChecks(
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<ForeignRun> {
  return runForeignChecks([interpreter, script], {
    ...env,
    PYTHONPATH: commonFolder,
    PYTHONDONTWRITEBYTECODE: '1',
  });
}

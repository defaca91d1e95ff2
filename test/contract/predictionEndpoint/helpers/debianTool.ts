/** Programs of Debian's that some checks drive: found, or in CI installed, or loudly done without. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const installTimeoutMs = 300_000;

async function isThere(command: string): Promise<boolean> {
  return run(command, ['--version']).then(
    () => true,
    () => false,
  );
}

/** One at a time: several test files may want to install at once. */
async function install(debianPackage: string): Promise<void> {
  const fetch = `apt-get -qq update && apt-get -qq -y --no-install-recommends install ${debianPackage}`;
  await run('flock', ['/tmp/sightglass-apt.lock', 'sh', '-c', fetch], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: installTimeoutMs,
  });
}

/**
 * @param checks - what is left out without the program, for the console.
 * @returns whether the program of that name runs, which its package has as well.
 */
export async function hasDebianTool(name: string, checks: string): Promise<boolean> {
  if (await isThere(name)) return true;
  const mayInstall = Boolean(process.env['CI']) && process.getuid?.() === 0;
  const reason = mayInstall
    ? await install(name).then(
        () => 'It was installed and does not run.',
        (error: unknown) => `Installing it failed: ${String(error)}`,
      )
    : `Install it with: apt-get install ${name}`;
  if (mayInstall && (await isThere(name))) return true;
  const line = '!'.repeat(78);
  process.stderr.write(`\n${line}\n!! SKIPPED: ${checks}. No ${name} here. ${reason}\n${line}\n`);
  return false;
}

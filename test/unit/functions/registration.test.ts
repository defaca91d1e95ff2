import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const main = fileURLToPath(new URL('../../../functions/main.ts', import.meta.url));

/** Prints the packages that are loaded by the time the functions are registered. */
const script = `
import { registerHooks } from 'node:module';
const packages = new Set();
registerHooks({
  load(url, context, next) {
    const [, name] = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url) ?? [];
    if (name) packages.add(name);
    return next(url, context);
  },
});
await import(process.argv[1]);
console.log(JSON.stringify([...packages]));
process.exit();
`;

it('registers the functions before it loads what the first photo needs', async () => {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script, main]);

  const packages: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(packages).toContain('@azure/functions');
  for (const heavy of ['@azure/storage-blob', '@azure/event-hubs', 'undici']) {
    expect(packages).not.toContain(heavy);
  }
});

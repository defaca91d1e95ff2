/** A part of the fire drill as operators run it; the whole takes minutes: `npm run cli -- drill`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

async function drill(...args: string[]) {
  const env = { PATH: process.env['PATH'] };
  const child = spawn(process.execPath, ['cli/main.ts', 'drill', ...args], { env });
  const closed = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await closed;
  return { exitCode: child.exitCode, stdout, stderr };
}

it('makes rules fire by their faults and sees them clear, without any settings', async () => {
  const { exitCode, stdout, stderr } = await drill(
    '--json',
    '--rule',
    'photos-rejected,messages-poisoned',
  );

  const row = { fired: true, cleared: true, quiet: true, problem: null };
  const document = JSON.parse(stdout);
  expect(document.rows, stderr).toMatchObject([
    { rule: 'messages-poisoned', ...row, seen: { numbers: { poisonedCount: 1 } } },
    { rule: 'photos-rejected', ...row, seen: { numbers: { rejectedRatio: 1 } } },
  ]);
  // On a busy machine another rule may fire without a fault: the drill says so then.
  expect(exitCode).toBe(document.noisy.length === 0 ? 0 : 1);
}, 300_000);

it('tells wrong use at once: a rule that there is none of, a word too many', async () => {
  const { exitCode, stderr } = await drill('--rule', 'photos-lost');

  expect(exitCode).toBe(2);
  expect((await drill('photos-dead')).exitCode).toBe(2);
  expect((await drill('--ask-only')).exitCode).toBe(2);
  expect(stderr).toContain('there is no rule photos-lost');
  expect(stderr).toContain('photos-missing');
});

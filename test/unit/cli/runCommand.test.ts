import { afterEach, expect, it, vi } from 'vitest';
import { runCommand } from '../../../cli/runCommand.ts';
import { PipelineError } from '../../../shared/errors.ts';

const exitCode = process.exitCode;
afterEach(() => {
  process.exitCode = exitCode;
  vi.restoreAllMocks();
});

async function saidOf(reason: string): Promise<string[]> {
  const lines: string[] = [];
  vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(String(line)));
  const details = { operation: 'list', path: 'photos/' };
  await runCommand(() => Promise.reject(new PipelineError('STORE_UNAVAILABLE', reason, details)));
  return lines;
}

it.each([
  ['could not list: ServerBusy', 'reached, and busy: run the same command again in a minute'],
  ['could not list: AuthenticationFailed', 'reached, and refused: a wrong key, or whoever runs'],
  ['could not list: ECONNREFUSED', 'is the address right, the account up, its firewall open'],
])('says the next step for %s', async (reason, advice) => {
  const [message, next] = await saidOf(reason);

  expect(message).toBe(`STORE_UNAVAILABLE: ${reason}`);
  expect(next).toContain(`  photos/: ${advice}`);
  expect(process.exitCode).toBe(1);
});

/**
 * Checks written in another language, run by a client of that language: a program that prints one
 * line of JSON for each, `{"check", "ok", "seen"}`.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const checkSchema = z.object({ check: z.string(), ok: z.boolean(), seen: z.string() });

export type ForeignCheck = z.infer<typeof checkSchema>;

export interface ForeignRun {
  /** By title. */
  readonly checks: ReadonlyMap<string, ForeignCheck>;
  /** What else the program said, for whoever looks into a failure. */
  readonly talk: string;
}

export async function runForeignChecks(
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ForeignRun> {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const checks = new Map<string, ForeignCheck>();
  const talk: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => talk.push(line));
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const check = checkSchema.parse(JSON.parse(line));
    checks.set(check.check, check);
  }
  return { checks, talk: talk.join('\n') };
}

/** What was left out must not pass in silence. */
export function sayLoudly(text: string): void {
  const line = '!'.repeat(78);
  // oxlint-disable-next-line no-console -- it is meant for the console
  console.warn(`\n${line}\n!! ${text}\n${line}`);
}

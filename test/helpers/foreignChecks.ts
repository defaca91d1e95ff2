/**
 * Checks written in another language, run by a client of that language: a program that prints one
 * line of JSON for each, `{"check", "ok", "seen"}`.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
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

/** One test for each title: the program tried it, and saw what it should. */
export function itHolds(titles: readonly string[], run: () => ForeignRun): void {
  it.each(titles)('%s', (title) => {
    const { checks, talk } = run();
    const check = checks.get(title);

    expect(check, talk).toBeDefined();
    expect(check?.ok, `${check?.seen}\n${talk}`).toBe(true);
  });
}

/** Titles are read out of the program's text: a change of its style must not lose them all. */
export function itFindsTitles(titles: readonly string[], leastCount: number): void {
  it('finds the checks by their titles, each only once', () => {
    expect(titles.length).toBeGreaterThan(leastCount);
    expect(titles.length).toBe(new Set(titles).size);
  });
}

/** What was left out must not pass in silence. */
export function sayLoudly(text: string): void {
  const line = '!'.repeat(78);
  // oxlint-disable-next-line no-console -- it is meant for the console
  console.warn(`\n${line}\n!! ${text}\n${line}`);
}

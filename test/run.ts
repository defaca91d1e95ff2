/**
 * `npm test`: every check and every test, one after the other, and one closing line. A check counts
 * as one test. Nothing stops at the first failure: one run tells everything.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { z } from 'zod';

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

const checks: readonly (readonly string[])[] = [
  ['biome', 'ci', '--colors=off', '.'],
  ['oxlint'],
  ['tsc', '--noEmit'],
  ['knip'],
];

const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
  numPendingTests: z.number(),
});

const env = {
  ...process.env,
  PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env['PATH']}`,
};

function run([command = '', ...args]: readonly string[]): boolean {
  console.log(`\n> ${command} ${args.join(' ')}`);
  const shell = process.platform === 'win32';
  return spawnSync(command, args, { stdio: 'inherit', env, shell }).status === 0;
}

function runTests(): Counts {
  const folder = mkdtempSync(join(tmpdir(), 'sightglass-test-'));
  const file = join(folder, 'report.json');
  const isOk = run([
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${file}`,
  ]);
  const counts = countsOf(file, isOk);
  rmSync(folder, { recursive: true });
  return counts;
}

/** A run that died, or a suite that did not load, is a failure even if no test failed. */
function countsOf(file: string, isOk: boolean): Counts {
  try {
    const report = reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (report.numPendingTests > 0) console.error(`${report.numPendingTests} tests were skipped`);
    const failed = report.numFailedTests || report.numFailedTestSuites || (isOk ? 0 : 1);
    return { passed: report.numPassedTests, failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

const results = checks.map(run);
const tests = runTests();
const passed = tests.passed + results.filter(Boolean).length;
const failed = tests.failed + results.filter((isOk) => !isOk).length;
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** `npm run conformance`: runs the conformance suites and writes docs/local-world-results.md. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { runCommand, wrongUse } from '../../cli/runCommand.ts';
import { type Checked, readResultsPage, resultsPage } from './page.ts';
import { staleSuites, suitesThereAre } from './stale.ts';
import { versionsHere } from './versions.ts';

const usage = `npm run conformance -- [--stale]
  --stale   run only the suites whose tests are not those on the page`;

const pageUrl = new URL('../local-world-results.md', import.meta.url);

const reportSchema = z.object({
  success: z.boolean(),
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
        }),
      ),
    }),
  ),
});

await runCommand(async () => {
  const { checked } = readResultsPage(readFileSync(pageUrl, 'utf8'));
  const there = suitesThereAre();
  const asked = readOptions().stale ? staleSuites(checked) : there;
  const suites = asked.filter((suite) => there.includes(suite));
  const kept = checked.filter(({ suite }) => there.includes(suite) && !suites.includes(suite));
  const run = suites.length === 0 ? [] : runSuites(suites);
  if (run === undefined) return 1;
  const versions = await versionsHere();
  writeFileSync(pageUrl, resultsPage({ versions, checked: [...kept, ...run] }));
  console.log(`docs/local-world-results.md: ${suites.length} suites run, ${kept.length} kept`);
  return 0;
});

function readOptions() {
  try {
    return parseArgs({ options: { stale: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    throw wrongUse(error, usage);
  }
}

/** @returns `undefined` where a check did not hold. */
function runSuites(suites: readonly string[]): Checked[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sightglass-conformance-'));
  const file = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${file}`];
  const files = suites.map((suite) => `test/contract/${suite}.test.ts`);
  const vitest = 'node_modules/vitest/vitest.mjs';
  spawnSync(process.execPath, [vitest, 'run', '--project', 'contract', ...reporters, ...files], {
    stdio: 'inherit',
  });
  const { success, testResults } = reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  rmSync(folder, { recursive: true });
  return success ? testResults.map(checkedOf) : undefined;
}

function checkedOf({
  name,
  assertionResults,
}: z.output<typeof reportSchema>['testResults'][number]) {
  const passed = assertionResults.filter(({ status }) => status === 'passed');
  return {
    suite: relative('test/contract', name)
      .replaceAll('\\', '/')
      .replace(/\.test\.ts$/, ''),
    titles: passed.map(({ ancestorTitles, title }) => [...ancestorTitles, title].join(': ')),
  };
}

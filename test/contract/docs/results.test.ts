/** docs/local-world-results.md is about the suites and packages that are here. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readResultsPage } from '../../../docs/conformance/page.ts';
import { staleSuites } from '../../../docs/conformance/stale.ts';
import { packageVersions } from '../../../docs/conformance/versions.ts';

const page = readResultsPage(readFileSync('docs/local-world-results.md', 'utf8'));

it('shows the tests of every suite as they are (else: npm run conformance -- --stale)', () => {
  expect(staleSuites(page.checked)).toEqual([]);
});

it('shows the versions of the packages that are installed (else: npm run conformance)', () => {
  expect(page.versions).toEqual(expect.arrayContaining(packageVersions()));
});

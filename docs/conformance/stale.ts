/** Which suites have other tests than the page of results says, seen without running any. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Checked, parts } from './page.ts';

const contractFolder = new URL('../../test/contract/', import.meta.url);

/** Below `test/contract/`, without their ending. */
export function suitesThereAre(): string[] {
  return Object.keys(parts).flatMap((part) =>
    readdirSync(new URL(`${part}/`, contractFolder))
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => `${part}/${file.replace(/\.test\.ts$/, '')}`),
  );
}

export function staleSuites(checked: readonly Checked[]): string[] {
  const onPage = new Map(checked.map(({ suite, titles }) => [suite, titles]));
  const there = suitesThereAre();
  const gone = [...onPage.keys()].filter((suite) => !there.includes(suite));
  const other = there.filter((suite) => {
    const source = readFileSync(new URL(`${suite}.test.ts`, contractFolder), 'utf8');
    return isStale(source, onPage.get(suite) ?? []);
  });
  return [...gone, ...other];
}

/**
 * @param shown - titles with those of their groups in front.
 * @returns whether a title in the source is not shown, or a shown one is not in the source. Titles
 *   that are made up as the tests run, or come from a helper (`itHolds(…)`), can't be seen, and are
 *   left aside.
 */
export function isStale(source: string, shown: readonly string[]): boolean {
  const titles = [...source.matchAll(/\bit\(\s*'((?:\\.|[^'\\])*)'/g)].map(([, title = '']) =>
    title.replace(/\\(.)/g, '$1').replace(/\s+/g, ' '),
  );
  const isShown = (title: string) =>
    shown.some((line) => line === title || line.endsWith(`: ${title}`));
  if (shown.length === 0 || !titles.every(isShown)) return true;
  const hasMadeUp = /\.each\b|\bit\(\s*[^'\s]|\bit[A-Z]\w*\(/.test(source);
  return !hasMadeUp && shown.length !== titles.length;
}

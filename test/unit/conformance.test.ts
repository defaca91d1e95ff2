import { describe, expect, it } from 'vitest';
import { readResultsPage, resultsPage } from '../../docs/conformance/page.ts';
import { isStale } from '../../docs/conformance/stale.ts';

const results = {
  versions: [{ name: '@azure/event-hubs', version: '6.0.4' }],
  checked: [
    {
      suite: 'eventHub/access',
      titles: ['access: refuses a wrong key', 'access: *any* <tag> in [it]'],
    },
    { suite: 'storage/faults', titles: ['answers 500 `OperationTimedOut`'] },
  ],
};

describe('the page of results', () => {
  it('is read back as it was written', () => {
    expect(readResultsPage(resultsPage(results))).toEqual(results);
  });

  it('counts the checks of each part and says what they ran with', () => {
    const page = resultsPage(results);

    expect(page).toContain('## Event hub: 2 checks');
    expect(page).toContain('## Storage: 1 check\n');
    expect(page).toContain('| @azure/event-hubs | 6.0.4 |');
  });
});

describe('a suite', () => {
  const source =
    "describe('a', () => {\n  it('does one', () => {});\n  it('can\\'t do two', () => {});\n});";
  const shown = ['a: does one', "a: can't do two"];

  it('is up to date where the page shows exactly its titles', () => {
    expect(isStale(source, shown)).toBe(false);
  });

  it('is stale where a test is new, renamed, gone, or the suite is not there at all', () => {
    expect(isStale(source, shown.slice(1))).toBe(true);
    expect(isStale(source, ['a: did one', "a: can't do two"])).toBe(true);
    expect(isStale(source, [...shown, 'a: does three'])).toBe(true);
    expect(isStale(source, [])).toBe(true);
  });

  it.each(["it.each([1, 2])('takes %s', () => {});", 'itTakes([1, 2]);'])(
    'may show more where titles are made up as it runs: %s',
    (line) => {
      expect(isStale(`${source}\n${line}`, [...shown, 'takes 1'])).toBe(false);
    },
  );
});

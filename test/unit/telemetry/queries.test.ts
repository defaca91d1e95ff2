import { describe, expect, it } from 'vitest';
import { pages } from '../../../infra/workbook/workbook.ts';
import { alertRules } from '../../../shared/telemetry/alerts/alertRules.ts';
import { alertQuery } from '../../../shared/telemetry/alerts/query.ts';
import { queryProblems } from '../../helpers/kusto.ts';

describe('the query of an alert rule', () => {
  it.each(alertRules.map((rule) => [rule.name, rule] as const))(
    'is one that Kusto takes, with listed names only: %s',
    (_name, rule) => {
      expect(queryProblems(alertQuery(rule))).toEqual([]);
    },
  );
});

describe('a panel of the workbook', () => {
  const panels = pages.flatMap(({ id, panels }) => panels.map((panel) => ({ id, ...panel })));

  it.each(panels.map(({ id, title, query }) => [id, title, query] as const))(
    'asks what Kusto takes, with listed names only: %s, %s',
    (_id, _title, query) => {
      const filled = query
        .replaceAll('{TimeRange:grain}', '5m')
        .replaceAll('{Photo}', 'photos/a.jpg');

      expect(queryProblems(filled)).toEqual([]);
    },
  );
});

describe('the check of queries', () => {
  it.each([
    [
      'a column that is not there',
      'customMetrics | where customMeasurements.pickupMs > 5',
      'KS142',
    ],
    ['a table of the other scope', "AppEvents | where Name == 'photo.settled'", 'KS'],
    ['a wrong type', 'customEvents | where name > 5', 'KS106'],
    ['text where a number is summed', 'customMetrics | summarize sum(name)', 'KS'],
    ['a function that is not there', 'customEvents | where bogus(name)', 'KS211'],
    ['broken syntax', "customEvents | where (name == 'photo.settled'", 'KS'],
    [
      'an unlisted event',
      "customEvents | where name == 'photo.setled'",
      'unlisted name: photo.setled',
    ],
    [
      'an unlisted metric',
      "customMetrics | where name in ('sightglass.cost', 'x.y')",
      'unlisted name: x.y',
    ],
    [
      'a dimension of another metric',
      "customMetrics | where name == 'sightglass.cost' | summarize sum(valueSum) by tostring(customDimensions['answer'])",
      'unlisted in customDimensions of sightglass.cost: answer',
    ],
    [
      'a measurement that is not listed',
      "customEvents | where name == 'photo.settled' and customMeasurements.endToEnd > 5",
      'unlisted in customMeasurements of photo.settled: endToEnd',
    ],
    [
      'a value that is never sent',
      "customEvents | where name == 'photo.settled' and tostring(customDimensions['outcome']) == 'lost'",
      'unlisted value of outcome: lost',
    ],
  ])('finds %s', (_what, query, problem) => {
    const problems = queryProblems(query);

    expect(problems).toHaveLength(1);
    expect(problems.join()).toContain(problem);
  });
});

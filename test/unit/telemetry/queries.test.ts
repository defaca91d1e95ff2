import { describe, expect, it } from 'vitest';
import { arrivalQuery } from '../../../cli/drill/azure/arrival.ts';
import { pages } from '../../../infra/workbook/workbook.ts';
import { alertRules } from '../../../shared/telemetry/alerts/alertRules.ts';
import { alertQuery } from '../../../shared/telemetry/alerts/query.ts';
import { queryProblems } from '../../helpers/kusto.ts';

const scope = {
  roleInstance: 'drill-1-photos',
  fromMs: 1_795_000_000_000,
  untilMs: 1_795_000_009_000,
};

describe('the query of an alert rule', () => {
  it.each(alertRules.map((rule) => [rule.name, rule] as const))(
    'is one that Kusto takes, with listed names only: %s',
    (_name, rule) => {
      expect(queryProblems(alertQuery(rule))).toEqual([]);
    },
    // The first loads Kusto's parser.
    60_000,
  );

  it.each(alertRules.map((rule) => [rule.name, rule] as const))(
    'is one that Kusto takes, narrowed to one run in all its parts: %s',
    (_name, rule) => {
      const text = alertQuery(rule, scope);

      expect(queryProblems(text)).toEqual([]);
      expect(text).not.toContain('ago(');
      const partCount = alertQuery(rule).split('ago(').length;
      expect(text.split(`cloud_RoleInstance == '${scope.roleInstance}'`)).toHaveLength(partCount);
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

it('asks what has arrived of a run in words that Kusto takes', () => {
  const counts = { customEvents: 1, customMetrics: 1, availabilityResults: 1 };
  const { roleInstance, ...whole } = scope;

  expect(queryProblems(arrivalQuery({ roleInstance, counts, whole }))).toEqual([]);
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

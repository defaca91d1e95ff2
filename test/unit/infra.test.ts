import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { budgetPlaceholder, deployedQuery } from '../../infra/alertDocument.ts';
import { infraDocuments } from '../../infra/generate.ts';
import { pages } from '../../infra/workbook/workbook.ts';
import { alertRules } from '../../shared/telemetry/alerts/alertRules.ts';
import { alertQuery } from '../../shared/telemetry/alerts/query.ts';

it.each([...infraDocuments()])('keeps infra/%s as the code has it', (file, text) => {
  expect(readFileSync(`infra/${file}`, 'utf8')).toBe(text);
});

it('keeps each Bicep module within 150 lines', () => {
  for (const file of readdirSync('infra/modules')) {
    const lines = readFileSync(`infra/modules/${file}`, 'utf8').split('\n');
    expect(lines.length, file).toBeLessThanOrEqual(150);
  }
});

it('lets the deployment say what a day may cost, and changes no other query', () => {
  const changed = alertRules.filter((rule) => deployedQuery(rule) !== alertQuery(rule));

  expect(changed.map(({ name }) => name)).toEqual(['cost-above-budget']);
  expect(changed.map(deployedQuery).join()).toContain(`costOfDay > ${budgetPlaceholder}`);
});

it('has a page for each thing an operator asks, and a question on every panel', () => {
  const titles = pages.flatMap(({ panels }) => panels.map(({ title }) => title));

  expect(pages.map(({ title }) => title)).toEqual([
    'Flow',
    'Quota',
    'Failures',
    'Cost',
    'One photo',
  ]);
  expect(titles.filter((title) => !title.includes('?'))).toEqual([]);
});

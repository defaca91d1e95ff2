import { expect, it } from 'vitest';
import { askRules } from '../../../cli/drill/azure/askRules.ts';
import { alertRules } from '../../../shared/telemetry/alerts/alertRules.ts';

const rules = alertRules.slice(0, 1);

async function asked(answer: Parameters<typeof askRules>[1]) {
  const [row] = await askRules(rules, answer, () => {});
  return row;
}

it('calls a rule firing where its query answers a row, over its own window', async () => {
  const seen: unknown[] = [];
  const row = await asked(async (text, span) => {
    seen.push(text, span);
    return { rows: [{ model: 'parts', openedCount: 1 }], problem: null };
  });

  expect(row).toEqual({ rule: rules[0]?.name, isFiring: true, problem: null });
  expect(seen).toEqual([
    expect.stringContaining('| where timestamp > ago(15m)'),
    { duration: 'PT15M' },
  ]);
});

it('calls it quiet where no row comes', async () => {
  const row = await asked(async () => ({ rows: [], problem: null }));

  expect(row).toMatchObject({ isFiring: false, problem: null });
});

it('tells in one line why a query was answered in part, or not at all', async () => {
  const partly = await asked(async () => ({ rows: [], problem: 'PartialError: too much' }));
  const refused = await asked(() => Promise.reject(new Error('no credential\nand why')));

  expect(partly).toMatchObject({ isFiring: false, problem: 'PartialError: too much' });
  expect(refused).toMatchObject({ isFiring: false, problem: 'no credential' });
});

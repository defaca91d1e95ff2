import { expect, it } from 'vitest';
import { askRules } from '../../../cli/drill/askComponent.ts';
import { alertRules } from '../../../shared/telemetry/alerts/alertRules.ts';

const rules = alertRules.slice(0, 1);

async function asked(answer: Parameters<typeof askRules>[1]) {
  const [row] = await askRules(rules, answer, () => {});
  return row;
}

it('calls a rule firing where its query answers a row, over its own window', async () => {
  const seen: string[] = [];
  const row = await asked(async (text, duration) => {
    seen.push(text, duration);
    return { status: 'Success', tables: [{ rows: [['parts', 1]] }] };
  });

  expect(row).toEqual({ rule: rules[0]?.name, isFiring: true, problem: null });
  expect(seen).toEqual([expect.stringContaining('| where timestamp > ago(15m)'), 'PT15M']);
});

it('calls it quiet where no row comes', async () => {
  const row = await asked(async () => ({ status: 'Success', tables: [{ rows: [] }] }));

  expect(row).toMatchObject({ isFiring: false, problem: null });
});

it('tells in one line why a query was answered in part, or not at all', async () => {
  const partly = await asked(async () => ({ status: 'PartialFailure' }));
  const refused = await asked(() => Promise.reject(new Error('no credential\nand why')));

  expect(partly).toMatchObject({ isFiring: false, problem: 'PartialFailure' });
  expect(refused).toMatchObject({ isFiring: false, problem: 'no credential' });
});

/**
 * The parts of the infrastructure through the real compiler, offline. Nothing is deployed: what Azure
 * itself would say to them is not known here.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgetPlaceholder, deployedQuery } from '../../../infra/alertDocument.ts';
import { findBicep } from '../../../infra/tools/bicep.ts';
import { alertRules } from '../../../shared/telemetry/alerts/alertRules.ts';

const bicep = findBicep(process.env);
if (!bicep) {
  process.stderr.write('!! SKIPPED: no Bicep compiler (BICEP, PATH, dotnet): infra not compiled\n');
}

const subscription = '00000000-0000-0000-0000-000000000001';
const insights = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Insights`;
const component = `${insights}/components/sightglass`;
const actionGroup = `${insights}/actionGroups/operators`;

const alertParameters = {
  location: `'westeurope'`,
  namePrefix: `'sg-test'`,
  componentId: `'${component}'`,
  actionGroupId: `'${actionGroup}'`,
  dailyBudget: '7',
};

let folder: string;
let alerts: Snapshot | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightglass-infra-'));
  cpSync('infra', folder, { recursive: true, filter: (from) => !/(?:nuget|obj)$/.test(from) });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Snapshot {
  readonly predictedResources: readonly {
    readonly name: string;
    readonly properties: Readonly<Record<string, unknown>>;
  }[];
  readonly diagnostics: readonly unknown[];
}

function run(...args: string[]) {
  return spawnSync(bicep ?? '', args, { encoding: 'utf8', cwd: folder });
}

function snapshotOf(module: string, parameters: Readonly<Record<string, string>>): Snapshot {
  const lines = Object.entries(parameters).map(([name, value]) => `param ${name} = ${value}`);
  writeFileSync(
    join(folder, `${module}.bicepparam`),
    [`using 'modules/${module}.bicep'`, ...lines].join('\n'),
  );
  const ids = ['--subscription-id', subscription, '--tenant-id', subscription];
  const place = ['--resource-group', 'rg', '--location', 'westeurope', '--deployment-name', 'test'];
  const file = `${module}.bicepparam`;
  const { stderr, status } = run('snapshot', file, '--mode', 'overwrite', ...ids, ...place);
  // A misspelt property is a warning only.
  expect([stderr, status]).toEqual(['', 0]);
  return JSON.parse(readFileSync(join(folder, `${module}.snapshot.json`), 'utf8'));
}

/** Made once: the compiler takes its time. */
function alertSnapshot(): Snapshot {
  alerts ??= snapshotOf('alerts', alertParameters);
  return alerts;
}

describe.runIf(bicep)('the infrastructure of alerts and workbook', () => {
  it('makes an alert of every rule, which reaches people and ends by itself', () => {
    const { predictedResources, diagnostics } = alertSnapshot();

    expect(diagnostics).toEqual([]);
    expect(predictedResources.map(({ name }) => name)).toEqual(
      alertRules.map(({ name }) => `sg-test-${name}`),
    );
    for (const [index, { properties }] of predictedResources.entries()) {
      expect(properties).toMatchObject({
        enabled: true,
        autoMitigate: true,
        severity: alertRules[index]?.severity,
        scopes: [component],
        actions: { actionGroups: [actionGroup] },
        criteria: { allOf: [{ timeAggregation: 'Count', operator: 'GreaterThan', threshold: 0 }] },
      });
    }
  });

  it('deploys the queries that were checked, with the budget of the deployment', () => {
    const { predictedResources } = alertSnapshot();
    const queries = predictedResources.map(({ properties }) => properties['criteria']);
    const expected = alertRules.map((rule) => {
      const query = deployedQuery(rule).replace(budgetPlaceholder, '7');
      return expect.objectContaining({ allOf: [expect.objectContaining({ query })] });
    });

    expect(queries).toEqual(expected);
    expect(JSON.stringify(queries)).toContain('costOfDay > 7');
  });

  it('makes one workbook with all its pages', () => {
    const { predictedResources, diagnostics } = snapshotOf('workbook', {
      location: `'westeurope'`,
      componentId: `'${component}'`,
    });
    const [workbook] = predictedResources;

    expect(diagnostics).toEqual([]);
    expect(workbook?.name).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/);
    expect(workbook?.properties).toMatchObject({ category: 'workbook', sourceId: component });
    expect(JSON.parse(String(workbook?.properties['serializedData']))).toEqual(
      JSON.parse(readFileSync('infra/workbook.json', 'utf8')),
    );
  });

  it('says so where a property is misspelt: the rules of the linter are read', () => {
    const good = readFileSync(join(folder, 'modules/alerts.bicep'), 'utf8');
    const bad = good.replace('autoMitigate:', 'autoMitigates:');
    writeFileSync(join(folder, 'modules/bad.bicep'), `${bad}\nparam unused string\n`);

    const { stderr, status } = run('build', 'modules/bad.bicep', '--stdout');

    expect(stderr).toMatch(/Warning BCP\d+: The property "autoMitigates" is not allowed/);
    expect(stderr).toMatch(/Error no-unused-params/);
    expect(status).toBe(1);
  });
});

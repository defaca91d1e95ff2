/** The fire drill: each alert rule is made to fire in a local world, and seen to be quiet again. */
import type { AlertRule } from '../../shared/telemetry/alerts/alertRule.ts';
import { type AlertRuleName, alertRules } from '../../shared/telemetry/alerts/alertRules.ts';
import type { CommandAnswer, StandaloneCommand, StandaloneInput } from '../command.ts';
import type { DrilledRule } from '../drill/runStage.ts';
import { wrongUse } from '../runCommand.ts';
import { textFlag } from './flags.ts';

export const drill: StandaloneCommand = {
  usage: `drill [--rule NAME,…] [--app-insights RESOURCE_ID]
      makes every alert rule fire in local worlds, by its fault, and sees it clear; all have to be
      quiet without faults. Needs no settings. With --app-insights it breaks nothing: the rules'
      queries are asked of that component in Azure, with the identity of whoever runs it. Exit 1: a
      rule did not fire, did not clear or was not quiet; in Azure: a query was refused.`,
  options: { rule: { type: 'string' }, 'app-insights': { type: 'string' } },
  async runAlone(input) {
    if (input.words.length > 0) throw wrongUse('drill takes options only', drill.usage);
    const rules = wantedRules(textFlag(input.flags, 'rule'));
    const component = textFlag(input.flags, 'app-insights');
    return component === undefined ? drillHere(input, rules) : askAzure(input, component, rules);
  },
};

async function drillHere(
  { say, interrupted }: StandaloneInput,
  rules: ReadonlySet<AlertRuleName> | undefined,
): Promise<CommandAnswer> {
  // The local world is for development: it is loaded for nothing else.
  const { drillAll } = await import('../drill/drillAll.ts');
  const { rules: drilled, noisy } = await drillAll({ rules, say, interrupted });
  const wanted = among(rules);
  const rows = wanted.flatMap(({ name }) =>
    drilled
      .filter(({ rule }) => rule === name)
      .map((row) => ({ ...row, quiet: !noisy.includes(name) })),
  );
  const isProved = rows.length === wanted.length && rows.every(holds) && noisy.length === 0;
  return {
    exitCode: isProved ? 0 : 1,
    document: { isProved, noisy, rows },
    lines: [
      ...rows.map(lineOf),
      ...(noisy.length > 0 ? [`fired without a fault: ${noisy.join(', ')}`] : []),
      `${rows.filter(holds).length} of ${wanted.length} rules proved`,
    ],
  };
}

type ReportedRule = DrilledRule & { readonly quiet: boolean };

function holds({ fired, cleared, quiet }: ReportedRule): boolean {
  return fired && cleared && quiet;
}

function lineOf(row: ReportedRule): string {
  const { rule, fault, fired, cleared, quiet, secondsToFire, problem } = row;
  const said = [
    fired ? `fired ${secondsToFire?.toFixed(1)} s` : 'DID NOT FIRE',
    cleared ? 'cleared' : 'NOT CLEARED',
    quiet ? 'quiet' : 'NOT QUIET',
  ];
  const why = problem === null ? '' : ` (${problem})`;
  return `${rule.padEnd(24)} ${said.join('  ').padEnd(32)} ${fault}${why}`;
}

async function askAzure(
  { say }: StandaloneInput,
  component: string,
  rules: ReadonlySet<AlertRuleName> | undefined,
): Promise<CommandAnswer> {
  const { askRules, componentQuery } = await import('../drill/askComponent.ts');
  const rows = await askRules(among(rules), await componentQuery(component), say);
  const isAnswered = rows.every(({ problem }) => problem === null);
  return {
    exitCode: isAnswered ? 0 : 1,
    document: { component, rows },
    lines: rows.map(({ rule, isFiring, problem }) => {
      const said = isFiring ? 'FIRING' : 'quiet';
      return `${rule.padEnd(24)} ${problem === null ? said : `refused: ${problem}`}`;
    }),
  };
}

function among(rules: ReadonlySet<AlertRuleName> | undefined): readonly AlertRule[] {
  return alertRules.filter(({ name }) => !rules || rules.has(name as AlertRuleName));
}

/** @throws Error for a rule there is none of: the command was called wrongly */
function wantedRules(text: string | undefined): ReadonlySet<AlertRuleName> | undefined {
  if (text === undefined) return undefined;
  const known = new Set(alertRules.map(({ name }) => name));
  const wanted = text.split(',').map((name) => name.trim());
  const unknown = wanted.filter((name) => !known.has(name));
  if (unknown.length === 0) return new Set(wanted as AlertRuleName[]);
  throw wrongUse(`there is no rule ${unknown.join(', ')}`, [...known].join('\n'));
}

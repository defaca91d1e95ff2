/** The fire drill: each alert rule is made to fire in a local world, and seen to be quiet again. */
import type { AlertRule } from '../../shared/telemetry/alerts/alertRule.ts';
import { type AlertRuleName, alertRules } from '../../shared/telemetry/alerts/alertRules.ts';
import type { CommandAnswer, StandaloneCommand, StandaloneInput } from '../command.ts';
import type { DrilledRule, DrilledStage } from '../drill/runStage.ts';
import { wrongUse } from '../runCommand.ts';
import { textFlag } from './flags.ts';

export const drill: StandaloneCommand = {
  usage: `drill [--rule NAME,…] [--app-insights RESOURCE_ID [--ask-only]]
      makes every alert rule fire in local worlds, by its fault, and sees it clear; all have to be
      quiet without faults. Needs no settings. With --app-insights what the worlds tell is sent to
      that component as well (APPLICATIONINSIGHTS_CONNECTION_STRING), and Azure judges it by the
      rules' own queries, with the identity of whoever runs it. --ask-only breaks and sends nothing:
      the deployed queries are asked as they are. Exit 1: a rule did not fire, did not clear or was
      not quiet; with --ask-only: a query was refused.`,
  options: {
    rule: { type: 'string' },
    'app-insights': { type: 'string' },
    'ask-only': { type: 'boolean', default: false },
  },
  async runAlone(input) {
    const { flags } = input;
    const rules = wantedRules(textFlag(flags, 'rule'));
    const component = textFlag(flags, 'app-insights');
    const isAskOnly = flags['ask-only'] === true;
    if (isAskOnly && component === undefined) {
      throw wrongUse('--ask-only goes with --app-insights', drill.usage);
    }
    if (component === undefined) return drillHere(input, rules);
    return isAskOnly ? askAzure(input, component, rules) : drillInAzure(input, component, rules);
  },
};

async function drillHere(
  { say, interrupted }: StandaloneInput,
  rules: ReadonlySet<AlertRuleName> | undefined,
): Promise<CommandAnswer> {
  // The local world is for development: it is loaded for nothing else.
  const { drillAll } = await import('../drill/drillAll.ts');
  return reportOf(await drillAll({ rules, say, interrupted }), rules);
}

async function drillInAzure(
  { say, interrupted }: StandaloneInput,
  component: string,
  rules: ReadonlySet<AlertRuleName> | undefined,
): Promise<CommandAnswer> {
  const { azureDrill, ingestionOf } = await import('../drill/azure/azureDrill.ts');
  const { componentQuery } = await import('../drill/azure/logsQuery.ts');
  const ingestion = await ingestionOf(process.env);
  const query = await componentQuery(component);
  return reportOf(await azureDrill({ rules, say, interrupted, query, ingestion }), rules);
}

function reportOf(
  { rules: drilled, noisy }: DrilledStage,
  rules: ReadonlySet<AlertRuleName> | undefined,
): CommandAnswer {
  const wanted = among(rules);
  const rows = wanted.flatMap(({ name }) =>
    drilled.filter(({ rule }) => rule === name).map((row) => shown(row, !noisy.includes(name))),
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

type ReportedRule = ReturnType<typeof shown>;

function shown(row: DrilledRule, quiet: boolean) {
  const { rule, fault, fired, cleared, secondsToFire, seen, problem } = row;
  return { rule, fault, fired, cleared, secondsToFire, seen, problem, quiet };
}

function holds({ fired, cleared, quiet, problem }: ReportedRule): boolean {
  return fired && cleared && quiet && problem === null;
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
  const { askRules } = await import('../drill/azure/askRules.ts');
  const { componentQuery } = await import('../drill/azure/logsQuery.ts');
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

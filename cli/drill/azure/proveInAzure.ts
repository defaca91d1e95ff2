/**
 * Has Azure judge a drill that took place here: each rule's own query, over the window of its fault,
 * the one after it and the one before any, narrowed to what this run told.
 */
import pLimit from 'p-limit';
import type { AlertRule } from '../../../shared/telemetry/alerts/alertRule.ts';
import { alertRules } from '../../../shared/telemetry/alerts/alertRules.ts';
import { alertQuery } from '../../../shared/telemetry/alerts/query.ts';
import type { DrilledRule, DrilledStage, Window } from '../runStage.ts';
import type { Proof } from '../scenario.ts';
import { arrived, type Patience, spanOf, type Told } from './arrival.ts';
import { firstLineOf } from './askRules.ts';
import type { Query } from './logsQuery.ts';

/** A stage as it was drilled here, and what of it was sent on. */
export interface ToldStage {
  readonly drilled: DrilledStage;
  readonly proofs: readonly Proof[];
  /** Absent where nothing could be sent, with why. */
  readonly told: Told | { readonly problem: string };
}

/** The service takes 200 queries in half a minute. Source: "Azure Monitor service limits", 2026-11-25. */
const queriesAtATimeCount = 4;

export async function proveInAzure(
  stages: readonly ToldStage[],
  query: Query,
  patience: Patience,
): Promise<DrilledStage> {
  const oneOf = pLimit(queriesAtATimeCount);
  const bounded: Query = (text, span) => oneOf(async () => query(text, span));
  const judged = await Promise.all(stages.map((stage) => judge(stage, bounded, patience)));
  return {
    rules: judged.flatMap(({ rules }) => rules),
    noisy: [...new Set(judged.flatMap(({ noisy }) => noisy))],
  };
}

async function judge(stage: ToldStage, query: Query, patience: Patience): Promise<DrilledStage> {
  const { drilled, told, proofs } = stage;
  if ('problem' in told) return unjudged(drilled, told.problem);
  const missing = await arrived(told, query, patience);
  try {
    const isFiring: Judge = async (rule, window, group = {}) => {
      const text = alertQuery(rule, { roleInstance: told.roleInstance, ...window });
      const { rows, problem } = await query(text, spanOf(window));
      if (problem !== null) throw new Error(`${rule.name}: ${problem}`);
      return rows.some((row) =>
        Object.entries(group).every(([name, value]) => row[name] === value),
      );
    };
    const rules = await Promise.all(
      drilled.rules.map(async (row) => judgedRule(row, proofs, isFiring)),
    );
    const noisy = drilled.control ? await firingIn(drilled.control, isFiring) : [];
    const withMissing = rules.map((row) => ({ ...row, problem: row.problem ?? missing }));
    return { rules: withMissing, noisy };
  } catch (error) {
    return unjudged(drilled, firstLineOf(error));
  }
}

type Judge = (rule: AlertRule, window: Window, group?: Proof['group']) => Promise<boolean>;

function unjudged({ rules, noisy }: DrilledStage, problem: string): DrilledStage {
  const row = { fired: false, cleared: false, secondsToFire: null };
  return { noisy, rules: rules.map((rule) => ({ ...rule, ...row, problem })) };
}

async function judgedRule(
  row: DrilledRule,
  proofs: readonly Proof[],
  isFiring: Judge,
): Promise<DrilledRule> {
  const rule = alertRules.find(({ name }) => name === row.rule);
  if (!rule || !row.windows) return row;
  const group = proofs.find((proof) => proof.rule === row.rule)?.group;
  const fired = await isFiring(rule, row.windows.fault, group);
  const cleared = fired && !(await isFiring(rule, row.windows.after));
  const isOtherwise = fired !== row.fired || cleared !== row.cleared;
  return { ...row, fired, cleared, problem: isOtherwise ? otherwise(row) : row.problem };
}

function otherwise({ fired, cleared }: DrilledRule): string {
  const said = fired ? `fired${cleared ? ' and cleared' : ''}` : 'did not fire';
  return `the same rows ${said} by the evaluation here`;
}

async function firingIn(window: Window, isFiring: Judge): Promise<string[]> {
  const firing = await Promise.all(
    alertRules.map(async (rule) => ((await isFiring(rule, window)) ? [rule.name] : [])),
  );
  return firing.flat();
}

/** Asks the rules' queries as they are deployed: which fire now, and whether any is refused. */
import { messageOf } from '../../../shared/errors.ts';
import type { AlertRule } from '../../../shared/telemetry/alerts/alertRule.ts';
import { alertQuery } from '../../../shared/telemetry/alerts/query.ts';
import type { Query } from './logsQuery.ts';

export interface AskedRule {
  readonly rule: string;
  readonly isFiring: boolean;
  /** Why the query was not answered, or not whole. */
  readonly problem: string | null;
}

export async function askRules(
  rules: readonly AlertRule[],
  query: Query,
  say: (text: string) => void,
): Promise<AskedRule[]> {
  const asked: AskedRule[] = [];
  for (const rule of rules) {
    say(rule.question);
    asked.push({ rule: rule.name, ...(await ask(rule, query)) });
  }
  return asked;
}

async function ask(rule: AlertRule, query: Query): Promise<Omit<AskedRule, 'rule'>> {
  try {
    const duration = `PT${rule.windowMinutes}M`;
    const { rows, problem } = await query(alertQuery(rule), { duration });
    return { isFiring: rows.length > 0, problem };
  } catch (error) {
    return { isFiring: false, problem: firstLineOf(error) };
  }
}

/** Credentials tell in a line each why they could not be had. */
export function firstLineOf(error: unknown): string {
  return messageOf(error).split('\n')[0] ?? '';
}

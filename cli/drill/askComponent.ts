/**
 * Asks the queries of the rules of a component in Azure. Not seen on Azure from here: that the query
 * API answers resource ids of components under the tables' names of that scope is from its pages.
 */
import { messageOf } from '../../shared/errors.ts';
import type { AlertRule } from '../../shared/telemetry/alerts/alertRule.ts';
import { alertQuery } from '../../shared/telemetry/alerts/query.ts';

export interface AskedRule {
  readonly rule: string;
  readonly isFiring: boolean;
  /** Why the query was not answered, or not whole. */
  readonly problem: string | null;
}

interface QueryAnswer {
  readonly status: string;
  readonly tables?: readonly { readonly rows: readonly unknown[] }[];
}

/** @param duration - ISO 8601, back from now. */
type Query = (text: string, duration: string) => Promise<QueryAnswer>;

/** With the identity of whoever runs it. */
export async function componentQuery(component: string): Promise<Query> {
  const { LogsQueryClient } = await import('@azure/monitor-query-logs');
  const { DefaultAzureCredential } = await import('@azure/identity');
  const client = new LogsQueryClient(new DefaultAzureCredential());
  return (text, duration) => client.queryResource(component, text, { duration });
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
    const { status, tables = [] } = await query(alertQuery(rule), `PT${rule.windowMinutes}M`);
    const isFiring = tables.some(({ rows }) => rows.length > 0);
    return { isFiring, problem: status === 'Success' ? null : status };
  } catch (error) {
    return { isFiring: false, problem: firstLineOf(error) };
  }
}

/** Credentials tell in a line each why they could not be had. */
function firstLineOf(error: unknown): string {
  return messageOf(error).split('\n')[0] ?? '';
}

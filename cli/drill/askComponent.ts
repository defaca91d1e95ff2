/**
 * Asks the queries of the rules of a component in Azure. Not seen on Azure from here: that the query
 * API answers resource ids of components under the tables' names of that scope is from its pages.
 */

import { messageOf } from '../../shared/errors.ts';
import type { AlertRule } from '../../shared/telemetry/alerts/alertRule.ts';
import { type AlertRuleName, alertRules } from '../../shared/telemetry/alerts/alertRules.ts';
import { alertQuery } from '../../shared/telemetry/alerts/query.ts';

interface AskedRule {
  readonly rule: string;
  readonly isFiring: boolean;
  /** Why the query was not answered. */
  readonly problem: string | null;
}

export async function askComponent(
  component: string,
  rules: ReadonlySet<AlertRuleName> | undefined,
  say: (text: string) => void,
): Promise<AskedRule[]> {
  const { LogsQueryClient } = await import('@azure/monitor-query-logs');
  const { DefaultAzureCredential } = await import('@azure/identity');
  const client = new LogsQueryClient(new DefaultAzureCredential());
  const asked: AskedRule[] = [];
  for (const rule of alertRules) {
    if (rules && !rules.has(rule.name as AlertRuleName)) continue;
    say(rule.question);
    asked.push(
      await ask(rule, (query, duration) => client.queryResource(component, query, { duration })),
    );
  }
  return asked;
}

/** @param query - answers tables, whole or in part. */
async function ask(
  rule: AlertRule,
  query: (
    text: string,
    duration: string,
  ) => Promise<{
    readonly status: string;
    readonly tables?: readonly { readonly rows: readonly unknown[] }[];
  }>,
): Promise<AskedRule> {
  try {
    const { status, tables = [] } = await query(alertQuery(rule), `PT${rule.windowMinutes}M`);
    const isFiring = tables.some(({ rows }) => rows.length > 0);
    return { rule: rule.name, isFiring, problem: status === 'Success' ? null : status };
  } catch (error) {
    return { rule: rule.name, isFiring: false, problem: messageOf(error) };
  }
}

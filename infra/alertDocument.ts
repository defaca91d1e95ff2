/** The alert rules as infra/modules/alerts.bicep reads them. */

import { anchorOf } from '../docs/anchor.ts';
import type { AlertRule } from '../shared/telemetry/alerts/alertRule.ts';
import { alertRules } from '../shared/telemetry/alerts/alertRules.ts';
import { alertQuery } from '../shared/telemetry/alerts/query.ts';

/** The one threshold that differs from place to place: a parameter of the deployment. */
export const budgetPlaceholder = '{dailyBudget}';

export function alertDocument() {
  return alertRules.map((rule) => ({
    name: rule.name,
    description: `${rule.question} docs/runbook.md#${anchorOf(rule.section)}`,
    severity: rule.severity,
    windowSize: duration(rule.windowMinutes),
    evaluationFrequency: duration(rule.everyMinutes),
    query: deployedQuery(rule),
    dimensions: rule.by.map((name) => ({ name, operator: 'Include', values: ['*'] })),
  }));
}

export function deployedQuery(rule: AlertRule): string {
  return alertQuery(rule).replace(/(?<=costOfDay > )\d+/, budgetPlaceholder);
}

/** ISO 8601, as Azure spells the steps that it allows. */
function duration(minutes: number): string {
  if (minutes === 1_440) return 'P1D';
  return minutes % 60 === 0 ? `PT${minutes / 60}H` : `PT${minutes}M`;
}

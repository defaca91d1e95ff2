/** Writes an alert rule as a query of Application Insights: it answers rows where the rule fires. */
import type { AlertRule, Condition } from './alertRule.ts';
import type { Filter, Signal } from './signal.ts';

/** In place of the rule's own window: what one process told between two moments. */
export interface QueryScope {
  readonly roleInstance: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * Begins with a table, as alert rules must; further signals of other rows come in as numbers.
 * Source: "Optimize log search alert queries", Azure Monitor documentation, read 2026-11-25.
 */
export function alertQuery(rule: AlertRule, scope?: QueryScope): string {
  const when = scope ? scopeOf(scope) : `timestamp > ago(${rule.windowMinutes}m)`;
  const [first, ...others] = rule.conditions;
  const beside = others.filter(({ signal }) => !isOfSameRows(signal, first.signal));
  const along = others.filter(({ signal }) => isOfSameRows(signal, first.signal));
  const numbers = [first, ...along].map(({ signal }) => aggregationOf(signal)).join(', ');
  return [
    first.signal.table,
    ...narrowed(first.signal, when),
    ...rule.by.map((name) => `| extend ${name} = ${dimension(name)}`),
    `| summarize ${numbers}${rule.by.length > 0 ? ` by ${rule.by.join(', ')}` : ''}`,
    ...beside.map(({ signal }) => `| extend ${signal.as} = ${scalar(signal, when)}`),
    `| where ${rule.conditions.map(comparison).join(' and ')}`,
  ].join('\n');
}

/** Two signals that can be summed up in one go. */
export function isOfSameRows(one: Signal, other: Signal): boolean {
  return (
    one.table === other.table &&
    one.name === other.name &&
    one.isFailedOnly === other.isFailedOnly &&
    JSON.stringify(one.where) === JSON.stringify(other.where)
  );
}

/** Both ends belong to it. */
export function scopeOf({ roleInstance, fromMs, untilMs }: QueryScope): string {
  const [from, until] = [fromMs, untilMs].map((atMs) => new Date(atMs).toISOString());
  return `timestamp between (datetime(${from}) .. datetime(${until})) and cloud_RoleInstance == '${roleInstance}'`;
}

function narrowed({ name, where, isFailedOnly }: Signal, when: string): string[] {
  return [
    `| where ${when} and name == '${name}'`,
    ...Object.entries(where).map(([key, values]) => `| where ${isAmong(key, values)}`),
    // Text in this scope: 'True', 'False', '1' or '0'.
    ...(isFailedOnly ? ['| where not(tobool(success))'] : []),
  ];
}

function scalar(signal: Signal, when: string): string {
  const steps = [signal.table, ...narrowed(signal, when)];
  return `toscalar(${[...steps, `| summarize ${aggregationOf(signal)}`].join(' ')})`;
}

function aggregationOf({ as, table, aggregation }: Signal): string {
  const isMetric = table === 'customMetrics';
  switch (aggregation.kind) {
    case 'rows':
      return `${as} = count()`;
    case 'total':
      return `${as} = sum(valueSum)`;
    case 'largest':
      return `${as} = max(valueMax)`;
    case 'smallest':
      return `${as} = min(valueMin)`;
    case 'share':
      return isMetric
        ? `${as} = sumif(valueSum, ${holds(aggregation.part)}) / sum(valueSum)`
        : `${as} = todouble(countif(${holds(aggregation.part)})) / count()`;
    case 'percentile':
      return `${as} = percentile(todouble(customMeasurements['${aggregation.of}']), ${aggregation.percent})`;
  }
}

function holds(filter: Filter): string {
  return Object.entries(filter)
    .map(([key, values]) => isAmong(key, values))
    .join(' and ');
}

function isAmong(key: string, values: readonly string[]): string {
  return `${dimension(key)} in (${values.map((value) => `'${value}'`).join(', ')})`;
}

function dimension(name: string): string {
  return `tostring(customDimensions['${name}'])`;
}

/** Of no rows the smallest is nothing, which is below no threshold. */
function comparison({ signal, operator, threshold }: Condition): string {
  const compared = `${signal.as} ${operator} ${threshold}`;
  return operator === '<' ? `isfinite(${signal.as}) and ${compared}` : compared;
}

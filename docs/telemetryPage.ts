/** Fills the tables of docs/telemetry.md from the catalogue and the alert rules. */
import type { AlertRule, Condition } from '../shared/telemetry/alerts/alertRule.ts';
import { alertRules } from '../shared/telemetry/alerts/alertRules.ts';
import { alertQuery } from '../shared/telemetry/alerts/query.ts';
import { attributes } from '../shared/telemetry/catalogue/attributes.ts';
import { events } from '../shared/telemetry/catalogue/events.ts';
import { measurements } from '../shared/telemetry/catalogue/measurements.ts';
import { metrics } from '../shared/telemetry/catalogue/metrics.ts';
import { spans } from '../shared/telemetry/catalogue/spans.ts';
import { anchorOf } from './anchor.ts';

/** Part of the page → its text. */
export function telemetryParts(): ReadonlyMap<string, string> {
  return new Map([
    ['catalogue:events', eventTable()],
    ['catalogue:measurements', measurementTable()],
    ['catalogue:metrics', metricTable()],
    ['catalogue:spans', spanTable()],
    ['catalogue:attributes', attributeTable()],
    ['alerts', alertTable()],
    ['alerts:queries', alertRules.map(queryOf).join('\n')],
  ]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `\n${lines.join('\n')}\n\n`;
}

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ') || '–';
}

function eventTable(): string {
  const rows = Object.entries(events).map(([name, event]) => [
    code([name]),
    event.meaning,
    code(event.properties),
    code(event.measurements),
  ]);
  return table(['Event', 'Meaning', 'Properties', 'Measurements'], rows);
}

function measurementTable(): string {
  const rows = Object.entries(measurements).map(([name, { unit, meaning }]) => [
    code([name]),
    unit,
    meaning,
  ]);
  return table(['Measurement', 'Unit', 'Meaning'], rows);
}

function metricTable(): string {
  const rows = Object.entries(metrics).map(([name, { kind, unit, meaning, dimensions }]) => [
    code([name]),
    kind,
    `\`${unit}\``,
    meaning,
    code(dimensions),
  ]);
  return table(['Metric', 'Kind', 'Unit', 'Meaning', 'Dimensions'], rows);
}

function spanTable(): string {
  const rows = Object.entries(spans).map(([name, span]) => [
    code([name]),
    span.meaning,
    code(span.attributes),
  ]);
  return table(['Span', 'Meaning', 'Attributes'], rows);
}

function attributeTable(): string {
  const rows = Object.entries<{
    readonly meaning: string;
    readonly values?: readonly string[];
    readonly budgetCount?: number;
  }>(attributes).map(([name, { meaning, values, budgetCount }]) => [
    code([name]),
    meaning,
    values ? code(values) : budgetCount === undefined ? 'free; never on a metric' : 'free',
    budgetCount === undefined ? '–' : String(budgetCount),
  ]);
  return table(['Name', 'Meaning', 'Values', 'Budget'], rows);
}

function alertTable(): string {
  const rows = alertRules.map((rule) => [
    `[\`${rule.name}\`](#${rule.name})`,
    rule.question,
    String(rule.severity),
    rule.conditions.map(conditionText).join(' and '),
    `${rule.windowMinutes} / ${rule.everyMinutes}`,
    code(rule.by),
    `[${rule.section}](runbook.md#${anchorOf(rule.section)})`,
  ]);
  const head = [
    'Alert',
    'Question',
    'Severity',
    'Fires when',
    'Window / every, min',
    'By',
    'What to do',
  ];
  return table(head, rows);
}

function conditionText({ signal, operator, threshold }: Condition): string {
  return `\`${signal.as} ${operator} ${threshold}\``;
}

function queryOf(rule: AlertRule): string {
  return `\n#### ${rule.name}\n\nProved by: ${rule.fault}.\n\n\`\`\`kusto\n${alertQuery(rule)}\n\`\`\`\n`;
}

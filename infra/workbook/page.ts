/** The form of the workbook's pages. */
import type { MetricName } from '../../shared/telemetry/catalogue/metrics.ts';

export interface Panel {
  /** The question it answers. */
  readonly title: string;
  readonly chart: 'table' | 'timechart' | 'barchart' | 'tiles';
  /** In the scope of the component; the workbook narrows it to its time range. */
  readonly query: string;
}

export interface Page {
  /** Value of the parameter `page`. */
  readonly id: string;
  readonly title: string;
  /** What is on it, in a line or two of Markdown. */
  readonly text: string;
  readonly panels: readonly Panel[];
}

/** Replaced by the workbook: a width that fits the time range. */
export const grain = '{TimeRange:grain}';

/** Readings over time, each as its average in a step. */
export function readingsOver(names: readonly MetricName[]): string {
  return `customMetrics
| where name in (${names.map((name) => `'${name}'`).join(', ')})
| summarize value = sum(valueSum) / sum(valueCount) by bin(timestamp, ${grain}), name`;
}

/** What was read last of each. */
export function latestOf(names: readonly MetricName[]): string {
  return `customMetrics
| where name in (${names.map((name) => `'${name}'`).join(', ')})
| summarize arg_max(timestamp, valueSum, valueCount) by name
| project name, value = round(valueSum / valueCount, 2), asOf = timestamp`;
}

/** What a counter summed up, over time, by one of its dimensions. */
export function countedOver(name: MetricName, dimension: string): string {
  return `customMetrics
| where name == '${name}'
| summarize amount = sum(valueSum) by bin(timestamp, ${grain}), ${dimension} = tostring(customDimensions['${dimension}'])`;
}

/** Waits until the component has what was sent to it: between minutes and a quarter of an hour. */
import { scopeOf } from '../../../shared/telemetry/alerts/query.ts';
import type { SignalTable } from '../../../shared/telemetry/alerts/signal.ts';
import type { Window } from '../runStage.ts';
import { firstLineOf } from './askRules.ts';
import type { Query } from './logsQuery.ts';
import type { RowCounts } from './relay.ts';

export interface Told {
  readonly roleInstance: string;
  readonly counts: RowCounts;
  readonly whole: Window;
}

export interface Patience {
  readonly nowMs: () => number;
  readonly pause: (durationMs: number) => Promise<void>;
  readonly deadlineMs: number;
}

const lookEveryMs = 15_000;
/** Rows that ingestion sampled away count by those that stand for them; metrics never are. */
const countOf: Readonly<Record<SignalTable, string>> = {
  customEvents: 'sum(itemCount)',
  customMetrics: 'count()',
  availabilityResults: 'sum(itemCount)',
};
const tables = Object.keys(countOf) as SignalTable[];

export function arrivalQuery({ roleInstance, whole }: Told): string {
  const counted = tables.map(
    (table) =>
      `(${table} | where ${scopeOf({ roleInstance, ...whole })} | summarize rowCount = ${countOf[table]} | extend tableName = '${table}')`,
  );
  return `union ${counted.join(', ')}\n| project tableName, rowCount`;
}

/** @returns what is still not there when patience ends; `null` where all is. */
export async function arrived(
  told: Told,
  query: Query,
  patience: Patience,
): Promise<string | null> {
  for (;;) {
    const missing = await missingOf(told, query);
    if (missing === null || patience.nowMs() >= patience.deadlineMs) return missing;
    await patience.pause(lookEveryMs);
  }
}

async function missingOf(told: Told, query: Query): Promise<string | null> {
  try {
    const { rows } = await query(arrivalQuery(told), spanOf(told.whole));
    const there = new Map(
      rows.map(({ tableName, rowCount }) => [tableName, Number(rowCount ?? 0)]),
    );
    const short = tables.filter((table) => (there.get(table) ?? 0) < told.counts[table]);
    const said = short.map((table) => `${there.get(table) ?? 0} of ${told.counts[table]} ${table}`);
    return said.length === 0 ? null : `arrived: ${said.join(', ')}`;
  } catch (error) {
    return firstLineOf(error);
  }
}

/** Whole seconds around it: the service is asked for a little more than the query wants. */
export function spanOf({ fromMs, untilMs }: Window) {
  const marginMs = 60_000;
  return { startTime: new Date(fromMs - marginMs), endTime: new Date(untilMs + marginMs) };
}

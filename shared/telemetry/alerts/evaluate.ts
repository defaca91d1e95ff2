/**
 * The same rule on rows that are at hand: pure, so that it can be asked of what a collector has
 * received. Percentiles are exact here, nearest rank; the service estimates them.
 */
import type { AlertRule, Condition, Operator } from './alertRule.ts';
import { isOfSameRows } from './query.ts';
import type { Aggregation, Filter, Signal, SignalTable } from './signal.ts';

/** As the tables have it; what a table has not is absent. */
export interface SignalRow {
  readonly name: string;
  readonly customDimensions: Readonly<Record<string, string | undefined>>;
  readonly customMeasurements?: Readonly<Record<string, number | undefined>> | undefined;
  readonly valueSum?: number | undefined;
  readonly valueMin?: number | undefined;
  readonly valueMax?: number | undefined;
  /** 'True', 'False', '1' or '0' in the service. */
  readonly success?: boolean | string | undefined;
}

/** @returns the rows of the table in the rule's window, of any name. */
export type RowsOf = (table: SignalTable) => readonly SignalRow[];

export interface Finding {
  /** Values of the rule's dimensions; empty where it is not split. */
  readonly group: Readonly<Record<string, string>>;
  /** By the signals' names; `undefined` where there is no number. */
  readonly numbers: Readonly<Record<string, number | undefined>>;
  readonly isFiring: boolean;
}

/** @returns one finding for each group; without dimensions exactly one. */
export function evaluate(rule: AlertRule, rowsOf: RowsOf): Finding[] {
  const [{ signal: first }] = rule.conditions;
  const grouped = groupsOf(rule, narrowed(first, rowsOf));
  return grouped.map(({ group, rows }) => {
    const numbers = rule.conditions.map(({ signal }) => {
      const seen = isOfSameRows(signal, first) ? rows : narrowed(signal, rowsOf);
      return [signal.as, numberOf(signal, seen)] as const;
    });
    const byName = Object.fromEntries(numbers);
    const isFiring = rule.conditions.every((condition) =>
      isMet(condition, byName[condition.signal.as]),
    );
    return { group, numbers: byName, isFiring };
  });
}

export function isFiring(rule: AlertRule, rowsOf: RowsOf): boolean {
  return evaluate(rule, rowsOf).some((finding) => finding.isFiring);
}

interface Group {
  readonly group: Readonly<Record<string, string>>;
  readonly rows: readonly SignalRow[];
}

function groupsOf({ by }: AlertRule, rows: readonly SignalRow[]): Group[] {
  if (by.length === 0) return [{ group: {}, rows }];
  const groupOf = ({ customDimensions }: SignalRow) =>
    Object.fromEntries(by.map((name) => [name, customDimensions[name] ?? '']));
  const groups = Map.groupBy(rows, (row) => JSON.stringify(groupOf(row)));
  return [...groups].map(([key, rows]) => ({ group: JSON.parse(key), rows }));
}

function narrowed(signal: Signal, rowsOf: RowsOf): SignalRow[] {
  return rowsOf(signal.table).filter(
    (row) =>
      row.name === signal.name &&
      holds(signal.where, row) &&
      !(signal.isFailedOnly && isSuccess(row)),
  );
}

function holds(filter: Filter, { customDimensions }: SignalRow): boolean {
  return Object.entries(filter).every(([key, values]) =>
    values.includes(customDimensions[key] ?? ''),
  );
}

function isSuccess({ success }: SignalRow): boolean {
  return ['true', '1'].includes(String(success).toLowerCase());
}

function numberOf({ table, aggregation }: Signal, rows: readonly SignalRow[]): number | undefined {
  switch (aggregation.kind) {
    case 'rows':
      return rows.length;
    case 'total':
      return sumOf(rows);
    case 'largest':
      return extreme(rows, ({ valueMax }) => valueMax, Math.max);
    case 'smallest':
      return extreme(rows, ({ valueMin }) => valueMin, Math.min);
    case 'share':
      return shareOf(rows, aggregation.part, table === 'customMetrics' ? sumOf : countOf);
    case 'percentile':
      return percentileOf(rows, aggregation);
  }
}

function sumOf(rows: readonly SignalRow[]): number {
  return rows.reduce((sum, { valueSum = 0 }) => sum + valueSum, 0);
}

function countOf(rows: readonly SignalRow[]): number {
  return rows.length;
}

function extreme(
  rows: readonly SignalRow[],
  valueOf: (row: SignalRow) => number | undefined,
  choose: (...values: number[]) => number,
): number | undefined {
  const values = rows.flatMap((row) => valueOf(row) ?? []);
  return values.length === 0 ? undefined : values.reduce((one, other) => choose(one, other));
}

function shareOf(
  rows: readonly SignalRow[],
  part: Filter,
  amountOf: (rows: readonly SignalRow[]) => number,
): number | undefined {
  const all = amountOf(rows);
  return all === 0 ? undefined : amountOf(rows.filter((row) => holds(part, row))) / all;
}

function percentileOf(
  rows: readonly SignalRow[],
  { of, percent }: Extract<Aggregation, { kind: 'percentile' }>,
): number | undefined {
  const values = rows.flatMap(({ customMeasurements }) => customMeasurements?.[of] ?? []);
  const rank = Math.max(1, Math.ceil((percent / 100) * values.length));
  return values.sort((one, other) => one - other)[rank - 1];
}

const compare: Readonly<Record<Operator, (value: number, threshold: number) => boolean>> = {
  '>': (value, threshold) => value > threshold,
  '>=': (value, threshold) => value >= threshold,
  '<': (value, threshold) => value < threshold,
  '==': (value, threshold) => value === threshold,
};

function isMet({ operator, threshold }: Condition, value: number | undefined): boolean {
  return value !== undefined && compare[operator](value, threshold);
}

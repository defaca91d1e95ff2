/**
 * Queries of a component of Application Insights, with the identity of whoever asks. Not seen on
 * Azure from here: that the query API answers resource ids of components under the tables' names of
 * that scope is from its pages.
 */
import type { LogsQueryClient, LogsQueryResult } from '@azure/monitor-query-logs';

export type Cell = LogsQueryResult extends infer Result
  ? Result extends { tables: { rows: (infer Value)[][] }[] }
    ? Value
    : never
  : never;

export interface QueryAnswer {
  /** Each row by the names of its columns. */
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** Why it was not answered whole. */
  readonly problem: string | null;
}

/** How far a query may look, beside what it says itself. */
export type Span = { readonly duration: string } | { readonly startTime: Date; endTime: Date };

export type Query = (text: string, span: Span) => Promise<QueryAnswer>;

export async function componentQuery(component: string): Promise<Query> {
  const { LogsQueryClient } = await import('@azure/monitor-query-logs');
  const { DefaultAzureCredential } = await import('@azure/identity');
  return queryOf(new LogsQueryClient(new DefaultAzureCredential()), component);
}

export function queryOf(client: LogsQueryClient, component: string): Query {
  return async (text, span) => {
    const result = await client.queryResource(component, text, span);
    if ('tables' in result) return { rows: rowsOf(result.tables), problem: null };
    const { code, message } = result.partialError;
    return { rows: rowsOf(result.partialTables), problem: `${code}: ${message}` };
  };
}

type Tables = Extract<LogsQueryResult, { tables: unknown }>['tables'];

function rowsOf([table]: Tables): QueryAnswer['rows'] {
  if (!table) return [];
  const names = table.columnDescriptors.map(({ name }) => name ?? '');
  return table.rows.map((cells) =>
    Object.fromEntries(cells.map((cell, index) => [names[index] ?? '', cell])),
  );
}

/** Rows by table and name, in the order of their arrival: a page asks some forty times for each view. */
import type { Row, Table } from './row.ts';

export interface RowIndex {
  add(row: Row): void;
  /** The oldest of all of its kind, as only the oldest are ever given up. */
  giveUpOldest(row: Row): void;
  /** @param name - of all names where `undefined`. */
  rows(table: Table, name: string | undefined): readonly Row[];
  clear(): void;
}

interface Line {
  rows: Row[];
  /** Where the kept ones begin. */
  first: number;
}

export function rowIndex(): RowIndex {
  const lines = new Map<string, Line>();
  return {
    add(row) {
      for (const key of keysOf(row)) {
        const line = lines.get(key) ?? { rows: [], first: 0 };
        line.rows.push(row);
        lines.set(key, line);
      }
    },
    giveUpOldest(row) {
      for (const key of keysOf(row)) {
        const line = lines.get(key);
        if (line) shorten(line);
        // Log lines have their text for a name: there is no end of them.
        if (line?.rows.length === 0) lines.delete(key);
      }
    },
    rows(table, name) {
      const { rows, first } = lines.get(keyOf(table, name)) ?? { rows: [], first: 0 };
      return first === 0 ? rows : rows.slice(first);
    },
    clear: () => lines.clear(),
  };
}

function shorten(line: Line): void {
  line.first += 1;
  if (line.first <= line.rows.length / 2) return;
  line.rows = line.rows.slice(line.first);
  line.first = 0;
}

function keysOf({ table, name }: Row): [string, string] {
  return [keyOf(table, undefined), keyOf(table, name)];
}

function keyOf(table: Table, name: string | undefined): string {
  return name === undefined ? table : `${table}\n${name}`;
}

/**
 * What arrived, in memory, the oldest given up first where it becomes too much. Rows are made on
 * arrival; the envelopes' text is kept beside them, for those who search it.
 */
import type { Envelope } from './envelope.ts';
import type { Row, Table } from './tables/row.ts';
import { rowIndex } from './tables/rowIndex.ts';
import { toRows } from './tables/toRows.ts';

export interface RowQuery {
  readonly name?: string | undefined;
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

export interface StoreStats {
  readonly envelopeCount: number;
  /** As it would be billed: uncompressed, one by one. */
  readonly billedBytes: number;
  /** Given up since the start. */
  readonly droppedCount: number;
  readonly byTable: Readonly<Record<string, { readonly count: number; readonly bytes: number }>>;
}

export interface EnvelopeStore {
  add(envelope: Envelope): void;
  /** In the order of their arrival. */
  rows(table: Table, query?: RowQuery): Row[];
  texts(): string[];
  stats(): StoreStats;
  clear(): void;
}

interface Kept {
  readonly text: string;
  readonly rows: readonly Row[];
}

export interface StoreBounds {
  readonly maxCount: number;
  readonly maxBytes: number;
}

const defaultBounds: StoreBounds = { maxCount: 100_000, maxBytes: 128 * 1024 * 1024 };

export function envelopeStore({ maxCount, maxBytes } = defaultBounds): EnvelopeStore {
  let kept: Kept[] = [];
  /** Where the kept ones begin: giving up one by one would move all others each time. */
  let first = 0;
  let keptBytes = 0;
  let droppedCount = 0;
  const index = rowIndex();
  const present = () => kept.slice(first);

  function giveUpOldest(): void {
    while (kept.length - first > maxCount || keptBytes > maxBytes) {
      const { text = '', rows = [] } = kept[first] ?? {};
      keptBytes -= Buffer.byteLength(text);
      for (const row of rows) index.giveUpOldest(row);
      first += 1;
      droppedCount += 1;
    }
    if (first > maxCount / 2) {
      kept = present();
      first = 0;
    }
  }

  return {
    add(envelope) {
      const text = JSON.stringify(envelope);
      const rows = toRows(envelope);
      kept.push({ text, rows });
      for (const row of rows) index.add(row);
      keptBytes += Buffer.byteLength(text);
      giveUpOldest();
    },
    rows: (table, { name, ...within } = {}) =>
      index.rows(table, name).filter((row) => isWithin(row, within)),
    texts: () => present().map(({ text }) => text),
    stats: () => ({
      envelopeCount: kept.length - first,
      billedBytes: keptBytes,
      droppedCount,
      byTable: byTable(present()),
    }),
    clear() {
      kept = [];
      first = 0;
      keptBytes = 0;
      index.clear();
    },
  };
}

function isWithin({ timestampMs }: Row, within: Omit<RowQuery, 'name'>): boolean {
  const { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = within;
  return timestampMs >= sinceMs && timestampMs <= untilMs;
}

function byTable(kept: readonly Kept[]): StoreStats['byTable'] {
  const sums: Record<string, { count: number; bytes: number }> = {};
  for (const { text, rows } of kept) {
    const table = rows[0]?.table ?? 'unknown';
    const sum = (sums[table] ??= { count: 0, bytes: 0 });
    sum.count += 1;
    sum.bytes += Buffer.byteLength(text);
  }
  return sums;
}

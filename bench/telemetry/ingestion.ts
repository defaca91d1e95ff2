/** Counts what the exporters of app processes send, by kind, each process for itself. */
import { z } from 'zod';
import type { ServerCertificate } from '../../local/http/certificate.ts';
import { connectionString, startIngestionServer } from './ingestionServer.ts';

const envelopeSchema = z.object({
  iKey: z.string(),
  data: z.object({ baseType: z.string(), baseData: z.unknown() }),
});
const metricSchema = z.object({
  metrics: z.tuple([z.object({ name: z.string(), value: z.number() })]),
  properties: z.record(z.string(), z.unknown()).default({}),
});

/** What arrived of one process. */
export interface Received {
  /** By kind, as it is billed: the text of each envelope, uncompressed. */
  readonly bytes: Map<string, number>;
  readonly counts: Map<string, number>;
  /** Different names and dimensions of metrics. */
  readonly series: Set<string>;
  /** Sums of counters, of all dimensions. */
  readonly totals: Map<string, number>;
}

export interface Ingestion {
  connectionStringOf(key: string): string;
  received(key: string): Received;
  stop(): Promise<void>;
}

/** @param isHanging - takes everything, and never answers. */
export async function startIngestion(
  certificate: ServerCertificate,
  isHanging = false,
): Promise<Ingestion> {
  const books = new Map<string, Received>();
  const server = await startIngestionServer(
    certificate,
    () => (isHanging ? 'never' : 200),
    (envelope) => enter(books, envelope),
  );
  return {
    connectionStringOf: (key) => connectionString(key, server.port),
    received: (key) => books.get(key) ?? emptyBook(),
    stop: server.stop,
  };
}

function emptyBook(): Received {
  return { bytes: new Map(), counts: new Map(), series: new Set(), totals: new Map() };
}

function enter(books: Map<string, Received>, envelope: unknown): void {
  const { iKey, data } = envelopeSchema.parse(envelope);
  const book = books.get(iKey) ?? emptyBook();
  books.set(iKey, book);
  const kind = data.baseType.replace(/Data$/, '');
  add(book.bytes, kind, Buffer.byteLength(JSON.stringify(envelope)));
  add(book.counts, kind, 1);
  if (kind !== 'Metric') return;
  const { metrics, properties } = metricSchema.parse(data.baseData);
  const [{ name, value }] = metrics;
  book.series.add(`${name} ${JSON.stringify(properties)}`);
  add(book.totals, name, value);
}

function add(sums: Map<string, number>, key: string, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}

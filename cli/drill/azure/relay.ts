/**
 * Sends what a world's collector has received on to Application Insights: the envelopes of the app's
 * own exporter, as they are but for the key, and only of the tables that rules look at.
 */
import { type Envelope, envelopeSchema } from '../../../local/telemetryCollector/envelope.ts';
import { toRows } from '../../../local/telemetryCollector/tables/toRows.ts';
import type { SignalTable } from '../../../shared/telemetry/alerts/signal.ts';

export type RowCounts = Readonly<Record<SignalTable, number>>;

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfterSeconds: number | undefined;
}

export type Post = (
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
) => Promise<Answer>;

export interface RelayOptions {
  readonly connectionString: string;
  /** Where the component takes tokens only. */
  readonly token?: () => Promise<string>;
  readonly post?: Post;
  readonly pause: (durationMs: number) => Promise<void>;
}

/** @returns how many rows the component must have of it. @throws Error where it is refused for good */
export type Relay = (texts: readonly string[]) => Promise<RowCounts>;

const batchCount = 500;
const maxTries = 6;
const pauseMs = 5_000;
/** Source: "Application Insights ingestion", the exporter's own list, read 2026-11-25. */
const retriable = new Set([408, 429, 439, 500, 502, 503, 504]);
const sentTables: readonly string[] = ['EventData', 'MetricData', 'AvailabilityData'];

export function relayTo(options: RelayOptions): Relay {
  const { key, url } = partsOf(options.connectionString);
  return async (texts) => {
    const envelopes = texts
      .map((text) => envelopeSchema.parse(JSON.parse(text)))
      .filter(({ data }) => sentTables.includes(data.baseType));
    for (let first = 0; first < envelopes.length; first += batchCount) {
      const batch = envelopes
        .slice(first, first + batchCount)
        .map((one) => ({ ...one, iKey: key }));
      await send(options, url, batch);
    }
    return countsOf(envelopes);
  };
}

/** @throws Error where it is no connection string */
function partsOf(connectionString: string): { readonly key: string; readonly url: string } {
  const parts = new Map(
    connectionString.split(';').map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()] as const;
    }),
  );
  const key = parts.get('instrumentationkey');
  const endpoint = parts.get('ingestionendpoint');
  if (!key || !endpoint) throw new Error('the connection string has no key or no endpoint');
  return { key, url: new URL('/v2.1/track', endpoint).href };
}

async function send(options: RelayOptions, url: string, batch: readonly object[]): Promise<void> {
  const { token, post = posted, pause } = options;
  let left = batch;
  for (let tries = 1; left.length > 0; tries += 1) {
    const authorization = token ? { authorization: `Bearer ${await token()}` } : {};
    const headers = { 'content-type': 'application/json', ...authorization };
    const answer = await post(url, JSON.stringify(left), headers);
    left = leftOf(answer, left);
    if (left.length > 0 && tries >= maxTries) throw new Error(`ingestion answers ${answer.status}`);
    if (left.length > 0) await pause(1_000 * (answer.retryAfterSeconds ?? 0) || pauseMs);
  }
}

/** @returns what has to be sent again. @throws Error for what is refused for good */
function leftOf({ status, text }: Answer, batch: readonly object[]): readonly object[] {
  if (status === 200) return [];
  if (retriable.has(status)) return batch;
  if (status !== 206) throw new Error(`ingestion answers ${status}`);
  const { errors } = JSON.parse(text) as { errors: { index: number; statusCode: number }[] };
  const lost = errors.find(({ statusCode }) => !retriable.has(statusCode));
  if (lost) throw new Error(`ingestion refuses a record with ${lost.statusCode}`);
  const again = new Set(errors.map(({ index }) => index));
  return batch.filter((_, index) => again.has(index));
}

async function posted(...[url, body, headers]: Parameters<Post>): Promise<Answer> {
  const answer = await fetch(url, { method: 'POST', body, headers });
  const retryAfter = Number(answer.headers.get('retry-after'));
  return {
    status: answer.status,
    text: await answer.text(),
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
  };
}

function countsOf(envelopes: readonly Envelope[]): RowCounts {
  const rows = envelopes.flatMap(toRows);
  const count = (table: SignalTable) => rows.filter((row) => row.table === table).length;
  return {
    customEvents: count('customEvents'),
    customMetrics: count('customMetrics'),
    availabilityResults: count('availabilityResults'),
  };
}

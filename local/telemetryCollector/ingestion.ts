/**
 * The ingestion endpoint: takes what exporters send, answers as the service does. Live metrics are
 * answered as by a service that nobody is watching.
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Call } from '../http/call.ts';
import { json, type Reply, typed } from '../http/reply.ts';
import { envelopeSchema } from './envelope.ts';
import type { EnvelopeStore } from './envelopeStore.ts';
import type { TelemetryFault, TelemetryFaults } from './faults.ts';

const maxBodyBytes = 64 * 1024 * 1024;

export interface IngestionStats {
  requestCount: number;
  /** Requests that met a fault. */
  faultyCount: number;
  acceptedCount: number;
  refusedCount: number;
}

interface Ingestion {
  readonly store: EnvelopeStore;
  readonly faults: TelemetryFaults;
  readonly stats: IngestionStats;
  readonly pause: (durationMs: number, signal: AbortSignal) => Promise<void>;
}

export function ingestionHandler(ingestion: Ingestion): (call: Call) => Promise<Reply> {
  return async (call) => {
    if (/^\/v2(?:\.1)?\/track\/?$/.test(call.path) && call.method === 'POST') {
      return track(ingestion, call);
    }
    if (/^\/QuickPulseService\.svc\/(?:ping|post)$/i.test(call.path)) {
      return { ...typed(200, 'application/json', ''), headers: { 'x-ms-qps-subscribed': 'false' } };
    }
    return json(404, { message: `no ${call.method} ${call.path}` });
  };
}

async function track(ingestion: Ingestion, call: Call): Promise<Reply> {
  const { faults, stats, pause } = ingestion;
  stats.requestCount += 1;
  const fault = faults.take();
  if (!fault) return take(ingestion, call);
  stats.faultyCount += 1;
  switch (fault.kind) {
    case 'hang':
    case 'reset':
      return { kind: fault.kind };
    case 'status':
      return refusal(fault);
    case 'partial':
      return take(ingestion, call, fault);
    case 'slow':
      await pause(fault.delayMs, call.signal);
      return take(ingestion, call);
  }
}

type Partly = Extract<TelemetryFault, { readonly kind: 'partial' }>;

async function take({ store, stats }: Ingestion, call: Call, partly?: Partly): Promise<Reply> {
  const items = await readItems(call);
  if (!items) return json(400, { itemsReceived: 0, itemsAccepted: 0, errors: [notJson] });
  const toRefuseCount = partly ? Math.ceil(partly.itemShare * items.length) : 0;
  const errors = items.flatMap((item, index) => {
    if (partly && index < toRefuseCount) {
      return [{ index, statusCode: partly.itemStatus, message: 'as ordered' }];
    }
    const parsed = envelopeSchema.safeParse(item);
    if (!parsed.success) return [{ index, statusCode: 400, message: 'no envelope' }];
    store.add(parsed.data);
    return [];
  });
  const itemsAccepted = items.length - errors.length;
  stats.acceptedCount += itemsAccepted;
  stats.refusedCount += errors.length;
  const answer = { itemsReceived: items.length, itemsAccepted, errors };
  return json(errors.length === 0 ? 200 : 206, answer);
}

const notJson = { index: 0, statusCode: 400, message: 'neither JSON nor lines of it' };

function refusal({ status, retryAfterSeconds }: Extract<TelemetryFault, { kind: 'status' }>) {
  const headers =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return json(status, { itemsReceived: 0, itemsAccepted: 0, errors: [] }, headers);
}

/** An array, or one envelope a line. @returns `undefined` for anything else. */
async function readItems(call: Call): Promise<readonly unknown[] | undefined> {
  const body = await call.body(maxBodyBytes);
  if (body.kind !== 'bytes') return undefined;
  try {
    const isZipped = call.header('content-encoding') === 'gzip';
    const options = { maxOutputLength: maxBodyBytes };
    const bytes = isZipped ? await promisify(gunzip)(body.bytes, options) : body.bytes;
    return parseItems(bytes.toString('utf8').trim());
  } catch {
    // Cut off, or no JSON: the answer says so.
    return undefined;
  }
}

function parseItems(text: string): readonly unknown[] {
  if (text.startsWith('[')) return JSON.parse(text);
  return text.split('\n').map((line) => JSON.parse(line));
}

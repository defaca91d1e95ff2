/**
 * Application Insights' ingestion on this machine, over TLS as exporters insist on, and what became
 * of it as rows. For development and tests: nothing of it outlives the process.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { messageOf } from '../../shared/errors.ts';
import { type Closers, closers } from '../closers.ts';
import type { ControlActions } from '../control/controlHandler.ts';
import { startControlServer } from '../control/startControlServer.ts';
import { makeCertificate } from '../http/certificate.ts';
import { json } from '../http/reply.ts';
import { listen } from '../http/server.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { type EnvelopeStore, envelopeStore, type StoreBounds } from './envelopeStore.ts';
import { telemetryFaultSchema, telemetryFaults } from './faults.ts';
import { type IngestionStats, ingestionHandler } from './ingestion.ts';
import { pageHandler } from './page/pageHandler.ts';
import { tables } from './tables/row.ts';

export interface TelemetryCollectorOptions {
  readonly port?: number;
  readonly controlPort?: number;
  readonly bounds?: StoreBounds;
}

export interface TelemetryCollector {
  /** For the app. */
  readonly connectionString: string;
  readonly ingestionUrl: string;
  /** What a client has to trust: `NODE_EXTRA_CA_CERTS`. */
  readonly authorityFile: string;
  /** For what the app can't send: it goes with the collector, and no other world finds it. */
  readonly storageDirectory: string;
  readonly controlUrl: string;
  /** Charts of what arrived, for a browser. */
  readonly pageUrl: string;
  readonly rows: EnvelopeStore['rows'];
  /** Envelopes as they came. */
  readonly texts: EnvelopeStore['texts'];
  readonly faults: Pick<ReturnType<typeof telemetryFaults>, 'add' | 'clear'>;
  /** What the page's button runs; without it there is none. */
  lookWith(look: () => Promise<void>): void;
  readonly stats: () => IngestionStats & ReturnType<EnvelopeStore['stats']>;
  stop(): Promise<void>;
}

const loopback = '127.0.0.1';
/** Whoever sends to this machine needs no secret, but exporters want something in its place. */
const instrumentationKey = '00000000-0000-4000-8000-000000000001';

/** @throws Error with the reason where it can't listen; nothing is left behind then. */
export async function startTelemetryCollector(
  options: TelemetryCollectorOptions = {},
): Promise<TelemetryCollector> {
  const opened = closers();
  try {
    return { ...(await open(options, opened)), stop: () => opened.closeAll() };
  } catch (error) {
    await opened.closeAll();
    throw error;
  }
}

async function open(
  options: TelemetryCollectorOptions,
  opened: Closers,
): Promise<Omit<TelemetryCollector, 'stop'>> {
  const store = envelopeStore(options.bounds);
  const faults = telemetryFaults();
  const counts = { requestCount: 0, faultyCount: 0, acceptedCount: 0, refusedCount: 0 };
  const stats = () => ({ ...counts, ...store.stats() });
  const certificate = await makeCertificate(loopback);
  const folder = await temporaryFolder();
  opened.add(() => rm(folder, { recursive: true, force: true }));
  const authorityFile = join(folder, 'authority.pem');
  await writeFile(authorityFile, certificate.authorityPem);
  const pause = (durationMs: number, signal: AbortSignal) => systemClock.pause(durationMs, signal);
  const ingest = ingestionHandler({ store, faults, stats: counts, pause });
  const server = await listen(
    (call) => ingest(call).catch((error) => json(500, { message: messageOf(error) })),
    options.port ?? 0,
    { certificate },
  );
  opened.add(() => server.stop());
  const rows: EnvelopeStore['rows'] = (table, query) => store.rows(table, query);
  let look: (() => Promise<void>) | undefined;
  const lookNow = async () => look?.();
  const control = await startControlServer(
    { ...controlActions(store, faults, stats), ...lookAction(lookNow) },
    options.controlPort,
    pageHandler({ rows, nowMs: systemClock.nowMs, canLook: () => look !== undefined }),
  );
  opened.add(() => control.stop());
  const ingestionUrl = `https://${loopback}:${server.port}/`;
  return {
    connectionString: `InstrumentationKey=${instrumentationKey};IngestionEndpoint=${ingestionUrl};LiveEndpoint=${ingestionUrl}`,
    ingestionUrl,
    authorityFile,
    storageDirectory: join(folder, 'unsent'),
    controlUrl: control.url,
    pageUrl: `${control.url}/`,
    rows,
    texts: () => store.texts(),
    faults,
    stats,
    lookWith: (given) => void (look = given),
  };
}

function lookAction(lookNow: () => Promise<void>): ControlActions {
  return {
    'POST /control/look': async () => {
      await lookNow();
      return { looked: true };
    },
  };
}

const querySchema = z.strictObject({
  table: z.enum(tables),
  name: z.string().optional(),
  sinceMs: z.number().optional(),
  untilMs: z.number().optional(),
});

function controlActions(
  store: EnvelopeStore,
  faults: ReturnType<typeof telemetryFaults>,
  stats: () => unknown,
): ControlActions {
  return {
    'GET /control': () => ({ faults: faults.list(), stats: stats() }),
    'GET /control/stats': stats,
    'GET /control/faults': () => faults.list(),
    'POST /control/faults': (body) => {
      faults.add(telemetryFaultSchema.parse(body));
      return faults.list();
    },
    'DELETE /control/faults': () => {
      faults.clear();
      return faults.list();
    },
    'POST /control/rows': (body) => {
      const { table, ...query } = querySchema.parse(body);
      return store.rows(table, query);
    },
    'DELETE /control/rows': () => {
      store.clear();
      return stats();
    },
  };
}

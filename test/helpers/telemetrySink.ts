/** Telemetry of this process, as the app starts it, and what an ingestion endpoint gets of it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { vi } from 'vitest';
import {
  type Answer,
  connectionString,
  startIngestionServer,
} from '../../bench/telemetry/ingestionServer.ts';
import type { ProcessTelemetry } from '../../functions/telemetry.ts';
import { makeCertificate } from '../../local/http/certificate.ts';

/** As far as tests look at it; what a kind has not is absent. */
export interface Envelope {
  readonly tags: Readonly<Record<string, string>>;
  readonly data: { readonly baseType: string; readonly baseData: EnvelopeBody };
}

export interface EnvelopeBody {
  readonly name?: string;
  readonly message?: string;
  readonly success?: boolean;
  readonly id?: string;
  readonly resultCode?: string;
  readonly target?: string;
  readonly data?: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly measurements?: Readonly<Record<string, number>>;
  readonly metrics?: readonly { readonly name: string; readonly value: number; count?: number }[];
}

export const sinkKey = '00000000-0000-4000-8000-000000000009';

export interface TelemetrySink extends ProcessTelemetry {
  readonly envelopes: readonly Envelope[];
  /** What somebody sees who watches live metrics, where settings switch them on. */
  readonly live: readonly string[];
  /** Where the exporter keeps what it could not send. */
  readonly folder: string;
  /** Until told otherwise: 200 to everything. */
  answer(how: (body: string) => Answer): void;
  /** Of what was told as dropped. */
  droppedCount(recordKind: string, dropReason: string): number;
  /** Envelopes in the files of the folder. */
  keptEnvelopes(): Envelope[];
  close(): Promise<void>;
}

/** One for each test file: a process has one telemetry. */
export async function startTelemetrySink(
  settings: Readonly<Record<string, string>> = {},
): Promise<TelemetrySink> {
  const envelopes: Envelope[] = [];
  const live: string[] = [];
  let answerOf: (body: string) => Answer = () => 200;
  const certificate = await makeCertificate('127.0.0.1');
  const server = await startIngestionServer(
    certificate,
    (body) => answerOf(body),
    (envelope) => void envelopes.push(envelope as Envelope),
    (text) => void live.push(text),
  );
  setDefaultCACertificates([...getCACertificates('default'), certificate.authorityPem]);
  const folder = mkdtempSync(join(tmpdir(), 'sightglass-telemetry-'));
  const environment = {
    APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString(sinkKey, server.port),
    WEBSITE_SITE_NAME: 'sightglass-test',
    WEBSITE_INSTANCE_ID: 'instance-7',
    FUNCTIONS_WORKER_RUNTIME: 'node',
    TMPDIR: folder,
    // Batches leave soon, so that nobody has to wait for them.
    OTEL_BSP_SCHEDULE_DELAY: '50',
    OTEL_BLRP_SCHEDULE_DELAY: '50',
    OTEL_METRIC_EXPORT_INTERVAL: '200',
    OTEL_METRIC_EXPORT_TIMEOUT: '200',
    ...settings,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const { processTelemetry } = await import('../../functions/telemetry.ts');
  const started = await processTelemetry;
  return {
    ...started,
    envelopes,
    live,
    folder,
    answer(how) {
      answerOf = how;
    },
    droppedCount(recordKind, dropReason) {
      const told = envelopes
        .map(({ data }) => data.baseData)
        .filter(
          ({ metrics, properties }) =>
            metrics?.[0]?.name === 'sightglass.telemetry.dropped' &&
            properties['recordKind'] === recordKind &&
            properties['dropReason'] === dropReason,
        );
      return told.reduce((sum, { metrics }) => sum + (metrics?.[0]?.value ?? 0), 0);
    },
    keptEnvelopes() {
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      return files
        .filter((file) => file.endsWith('.ai.json'))
        .flatMap((file): Envelope[] => JSON.parse(readFileSync(join(folder, file), 'utf8')));
    },
    async close() {
      await started.stop(3_000);
      await server.stop();
      rmSync(folder, { recursive: true });
      vi.unstubAllEnvs();
    },
  };
}

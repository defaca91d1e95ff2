/** The same app without telemetry, with it, and with an endpoint that is gone or hangs. */
import { type AppProcess, startAppProcess } from './appProcess.ts';
import type { Ingestion } from './ingestion.ts';
import { connectionString } from './ingestionServer.ts';

/**
 * Without telemetry; with it, but for traces; and with the trace of every photo. What a ratio of kept
 * traces costs lies between the last two: each is the same for all of its photos, and as fast as it
 * becomes, where the few traces of a short run would be told by code that was hardly run before.
 */
export type CostName = 'off' | 'eventsOnly' | 'everyTrace';

export type SickName = 'well' | 'dead' | 'hanging';

export interface Grounds {
  /** Of an app, built. */
  readonly program: string;
  /** Of the world that the apps work in. */
  readonly settings: Readonly<Record<string, string>>;
  readonly healthy: Ingestion;
  readonly hanging: Ingestion;
  /** For temporary files; the exporter's are among them. */
  readonly folder: string;
  /** PEM of what the apps have to trust: storage and ingestion speak TLS, as the services do. */
  readonly authorityFile: string;
}

/** Nobody listens there. */
const deadPort = 1;

/** Instrumentation keys are GUIDs; what arrives is told apart by them. */
export const keys = {
  eventsOnly: '00000000-0000-4000-8000-000000000001',
  dead: '00000000-0000-4000-8000-000000000002',
  hanging: '00000000-0000-4000-8000-000000000003',
  flood: '00000000-0000-4000-8000-000000000004',
  start: '00000000-0000-4000-8000-000000000005',
  well: '00000000-0000-4000-8000-000000000006',
  everyTrace: '00000000-0000-4000-8000-000000000007',
} as const;

/** What the platform says of itself, so that nothing is probed; files of the exporter in the folder. */
function platform({ folder, authorityFile }: Grounds) {
  return {
    WEBSITE_SITE_NAME: 'bench',
    FUNCTIONS_WORKER_RUNTIME: 'node',
    WEBSITE_INSTANCE_ID: 'c3d4'.repeat(16),
    TMPDIR: folder,
    NODE_EXTRA_CA_CERTS: authorityFile,
  };
}

export function telling(ingestion: Ingestion, key: string) {
  return { APPLICATIONINSIGHTS_CONNECTION_STRING: ingestion.connectionStringOf(key) };
}

export async function startCompared(grounds: Grounds): Promise<Record<CostName, AppProcess>> {
  const tracing = (key: string, traceRatio: number) =>
    startApp(grounds, {
      ...telling(grounds.healthy, key),
      TELEMETRY_TRACE_RATIO: String(traceRatio),
    });
  const [off, eventsOnly, everyTrace] = await Promise.all([
    startApp(grounds, {}),
    tracing(keys.eventsOnly, 0),
    tracing(keys.everyTrace, 1),
  ]);
  return { off, eventsOnly, everyTrace };
}

export async function startSick(grounds: Grounds): Promise<Record<SickName, AppProcess>> {
  const gone = connectionString(keys.dead, deadPort);
  const [well, dead, hanging] = await Promise.all([
    startApp(grounds, telling(grounds.healthy, keys.well)),
    startApp(grounds, { APPLICATIONINSIGHTS_CONNECTION_STRING: gone }),
    startApp(grounds, telling(grounds.hanging, keys.hanging)),
  ]);
  return { well, dead, hanging };
}

/** One more, that is given more than any pipeline could. */
export function startFlooded(grounds: Grounds): Promise<AppProcess> {
  return startApp(grounds, telling(grounds.healthy, keys.flood));
}

function startApp(grounds: Grounds, told: Readonly<Record<string, string>>): Promise<AppProcess> {
  return startAppProcess(grounds.program, {
    ...grounds.settings,
    ...platform(grounds),
    ...told,
  });
}

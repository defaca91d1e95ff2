/** The same app four times: without telemetry, with it, and with an endpoint that is gone or hangs. */
import { type AppProcess, startAppProcess } from './appProcess.ts';
import type { Ingestion } from './ingestion.ts';
import { connectionString } from './ingestionServer.ts';

export const variantNames = ['off', 'on', 'dead', 'hanging'] as const;

export type VariantName = (typeof variantNames)[number];

export type Variants = Readonly<Record<VariantName, AppProcess>>;

/** Nobody listens there. */
const deadPort = 1;

/** Instrumentation keys are GUIDs; what arrives is told apart by them. */
export const keys = {
  on: '00000000-0000-4000-8000-000000000001',
  dead: '00000000-0000-4000-8000-000000000002',
  hanging: '00000000-0000-4000-8000-000000000003',
  flood: '00000000-0000-4000-8000-000000000004',
  start: '00000000-0000-4000-8000-000000000005',
} as const;

export interface Endpoints {
  readonly healthy: Ingestion;
  readonly hanging: Ingestion;
}

/** What the platform says of itself, so that nothing is probed; files of the exporter in the folder. */
function platform(folder: string) {
  return {
    WEBSITE_SITE_NAME: 'bench',
    FUNCTIONS_WORKER_RUNTIME: 'node',
    WEBSITE_INSTANCE_ID: 'c3d4'.repeat(16),
    TMPDIR: folder,
  };
}

export function telling(ingestion: Ingestion, key: string) {
  return {
    APPLICATIONINSIGHTS_CONNECTION_STRING: ingestion.connectionStringOf(key),
    NODE_EXTRA_CA_CERTS: ingestion.authorityFile,
  };
}

export async function startVariants(
  settings: Readonly<Record<string, string>>,
  { healthy, hanging }: Endpoints,
  folder: string,
): Promise<Variants> {
  const common = { ...settings, ...platform(folder) };
  const gone = connectionString(keys.dead, deadPort);
  const [off, on, dead, hung] = await Promise.all([
    startAppProcess(common),
    startAppProcess({ ...common, ...telling(healthy, keys.on) }),
    startAppProcess({ ...common, APPLICATIONINSIGHTS_CONNECTION_STRING: gone }),
    startAppProcess({ ...common, ...telling(hanging, keys.hanging) }),
  ]);
  return { off, on, dead, hanging: hung };
}

/** One more, that is given more than any pipeline could. */
export function startFlooded(
  settings: Readonly<Record<string, string>>,
  ingestion: Ingestion,
  folder: string,
): Promise<AppProcess> {
  return startAppProcess({ ...settings, ...platform(folder), ...telling(ingestion, keys.flood) });
}

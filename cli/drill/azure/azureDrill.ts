/** The drill with Azure as its judge: faults here, rows there, verdicts by the rules' own queries. */
import { systemClock } from '../../../shared/adapters/system/clock.ts';
import { readTelemetrySettings } from '../../../shared/telemetrySettings.ts';
import { type DrillOptions, drillStages, together } from '../drillAll.ts';
import type { DrilledStage } from '../runStage.ts';
import type { Query } from './logsQuery.ts';
import { proveInAzure } from './proveInAzure.ts';
import { type RelayOptions, relayTo } from './relay.ts';

/** Ingestion takes two to five minutes as a rule. Source: "Log data ingestion time in Azure Monitor", 2026-11-25. */
const patienceMs = 20 * 60_000;

const ingestionScope = 'https://monitor.azure.com/.default';

export interface AzureDrillOptions extends Omit<DrillOptions, 'relay'> {
  readonly query: Query;
  readonly ingestion: Omit<RelayOptions, 'pause'>;
}

export async function azureDrill(options: AzureDrillOptions): Promise<DrilledStage> {
  const { query, ingestion, interrupted, say } = options;
  const pause = async (durationMs: number) => {
    await systemClock.pause(durationMs, interrupted);
  };
  const stages = await drillStages({ ...options, relay: relayTo({ ...ingestion, pause }) });
  if (interrupted.aborted) return together(stages);
  say('all faults are over: waiting for ingestion, up to 20 minutes');
  const { nowMs } = systemClock;
  return proveInAzure(stages, query, { nowMs, pause, deadlineMs: nowMs() + patienceMs });
}

/** As the app itself would send there. @throws Error where the settings name no component */
export async function ingestionOf(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Omit<RelayOptions, 'pause'>> {
  const { connectionString, isEntra } = readTelemetrySettings(env);
  if (connectionString === undefined) {
    throw new Error(
      'APPLICATIONINSIGHTS_CONNECTION_STRING has to name the component that is to be told',
    );
  }
  if (!isEntra) return { connectionString };
  const { DefaultAzureCredential } = await import('@azure/identity');
  const credential = new DefaultAzureCredential();
  return {
    connectionString,
    token: async () => (await credential.getToken(ingestionScope)).token,
  };
}

/**
 * Telemetry of this process: started before anything else is, and told of even when all other
 * settings are wrong. Without a connection string nothing of it is loaded.
 */
import { hostname } from 'node:os';
import type { TokenCredential } from '@azure/identity';
import manifest from '../package.json' with { type: 'json' };
import type { StartedTelemetry } from '../shared/adapters/appInsights/startTelemetry.ts';
import { keepSecret, messageOf } from '../shared/errors.ts';
import { secretsOf } from '../shared/redact.ts';
import { silentInvocations } from '../shared/telemetry/invocation.ts';
import { silent } from '../shared/telemetry/silent.ts';
import { readTelemetrySettings, type TelemetrySettings } from '../shared/telemetrySettings.ts';

export interface ProcessTelemetry extends StartedTelemetry {
  /** Why there is none although it was asked for. */
  readonly problem: string | undefined;
}

/** What the SDK reads from the environment and nowhere else, unless the operator says otherwise. */
const sdkDefaults = {
  /** A batch is 512 spans, a hung endpoint holds one for two seconds: room for some of them. */
  OTEL_BSP_MAX_QUEUE_SIZE: '8192',
  APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED: 'true',
  APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
};

const none = { telemetry: silent, invocations: silentInvocations, stop: () => Promise.resolve(0) };

/** Of this process. */
export const processTelemetry: Promise<ProcessTelemetry> = start();

async function start(): Promise<ProcessTelemetry> {
  keepSecret(secretsOf(process.env));
  const settings = readTelemetrySettings(process.env);
  const { connectionString } = settings;
  if (connectionString === undefined) return { ...none, problem: undefined };
  for (const [name, value] of Object.entries(sdkDefaults)) process.env[name] ??= value;
  // The host has the same variable for itself; here each span goes by the flag of its parent.
  process.env['OTEL_TRACES_SAMPLER'] = 'parentbased_always_on';
  try {
    const { startTelemetry } = await import('../shared/adapters/appInsights/startTelemetry.ts');
    const credential = settings.isEntra ? await credentialOf(settings) : undefined;
    const { traceRatio, isLive, roleName, storageDirectory, recordDelayMs } = settings;
    const instanceId = settings.instanceId ?? `${hostname()}-${process.pid}`;
    const names = { roleName, instanceId, version: manifest.version };
    const how = { traceRatio, isLive, storageDirectory, recordDelayMs };
    const started = startTelemetry({ connectionString, credential, ...how, ...names });
    return { ...started, problem: undefined };
  } catch (error) {
    // Photos come first: they go on without being told of.
    return { ...none, problem: messageOf(error) };
  }
}

async function credentialOf({ clientId }: TelemetrySettings): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  const options = clientId === undefined ? {} : { managedIdentityClientId: clientId };
  return new DefaultAzureCredential(options);
}

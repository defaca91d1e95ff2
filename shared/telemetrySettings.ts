/**
 * The settings of telemetry, apart from the others: it starts before them, and has to tell when they
 * are wrong.
 */
import * as z from 'zod';
import { numberFrom, trueOrFalse, wholeNumberFrom } from './settingForms.ts';

export const telemetryShape = {
  /** Telemetry goes nowhere where unset. */
  APPLICATIONINSIGHTS_CONNECTION_STRING: z.string().includes('InstrumentationKey=', {
    message: 'is not a connection string of Application Insights',
  }),
  /** As the host reads it; `Authorization=AAD;ClientId=…` for a user-assigned identity. */
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: z.string(),
  /** Fraction in [0, 1] of photos whose whole trace is kept; their outcomes always are. */
  TELEMETRY_TRACE_RATIO: numberFrom(0, 1),
  TELEMETRY_LIVE_METRICS: trueOrFalse,
  /** Where records wait that can't be sent; the machine's folder for temporary files where unset. */
  TELEMETRY_STORAGE_DIRECTORY: z.string(),
  /** OpenTelemetry's own name: how long events and log lines wait for others to be sent with. */
  OTEL_BLRP_SCHEDULE_DELAY: wholeNumberFrom(1, Number.POSITIVE_INFINITY),
  /** Set by the platform. */
  WEBSITE_SITE_NAME: z.string(),
  WEBSITE_INSTANCE_ID: z.string(),
};

const telemetrySchema = z.object(telemetryShape).partial();

export interface TelemetrySettings {
  readonly connectionString: string | undefined;
  readonly isEntra: boolean;
  /** Of a user-assigned identity. */
  readonly clientId: string | undefined;
  readonly traceRatio: number;
  readonly isLive: boolean;
  readonly storageDirectory: string | undefined;
  readonly recordDelayMs: number;
  readonly roleName: string;
  readonly instanceId: string | undefined;
}

const defaultTraceRatio = 0.05;
/** As spans wait. Source: OpenTelemetry's default of OTEL_BSP_SCHEDULE_DELAY, read 2026-11-26. */
const defaultRecordDelayMs = 5_000;

/** Values that can't be read count as unset here: the other settings name them. */
export function readTelemetrySettings(
  env: Readonly<Record<string, string | undefined>>,
): TelemetrySettings {
  const present = Object.entries(env).filter(([, value]) => value?.trim());
  const valid = present.filter(
    ([name, value]) => telemetrySchema.safeParse({ [name]: value }).success,
  );
  const read = telemetrySchema.parse(Object.fromEntries(valid));
  const authentication = read.APPLICATIONINSIGHTS_AUTHENTICATION_STRING ?? '';
  return {
    connectionString: read.APPLICATIONINSIGHTS_CONNECTION_STRING,
    isEntra: /(?:^|;)\s*Authorization=AAD/i.test(authentication),
    clientId: /(?:^|;)\s*ClientId=([^;]+)/i.exec(authentication)?.[1]?.trim(),
    traceRatio: read.TELEMETRY_TRACE_RATIO ?? defaultTraceRatio,
    isLive: read.TELEMETRY_LIVE_METRICS ?? false,
    storageDirectory: read.TELEMETRY_STORAGE_DIRECTORY,
    recordDelayMs: read.OTEL_BLRP_SCHEDULE_DELAY ?? defaultRecordDelayMs,
    roleName: read.WEBSITE_SITE_NAME ?? 'sightglass',
    instanceId: read.WEBSITE_INSTANCE_ID,
  };
}

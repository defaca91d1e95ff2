/** What a world can be told, as a whole and for each of its parts. */
import type { EventHubOptions } from './eventHub/eventHubOptions.ts';
import type { FunctionsHostOptions } from './functionsHost/options.ts';
import type { HostLog } from './functionsHost/startFunctionsHostProcess.ts';
import type { Ports } from './parts/part.ts';
import type { PredictionEndpointOptions } from './predictionEndpoint/startPredictionEndpoint.ts';

export interface WorldOptions {
  /** Keeps storage and hubs across starts; in memory, gone at the end, where unset. */
  readonly dataDir?: string | undefined;
  readonly ports?: Ports | undefined;
  /** The app's entry point: its source, or a bundle. */
  readonly entry?: string;
  /** On top of the app's settings for this world. */
  readonly settings?: Readonly<Record<string, string>>;
  /** For a host that wants one; the app needs none. Default: false. */
  readonly hasTableService?: boolean;
  /** Collects what the app tells operators. Default: false. */
  readonly telemetry?: boolean;
  /** Where a functions host outside of the world takes blob events; its key as `?code=`. */
  readonly eventGridUrl?: string;
  /** On top of what the world tells each part. */
  readonly eventHub?: Partial<EventHubOptions>;
  readonly prediction?: PredictionEndpointOptions;
  readonly functions?: Partial<FunctionsHostOptions>;
  readonly onLog?: (log: HostLog) => void;
}

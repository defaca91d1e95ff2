/** How an endpoint is started, and what its starter gets. */

import type { ServerCertificate } from '../http/certificate.ts';
import type { Identity } from './identity.ts';
import type { Scorer } from './model/findings.ts';
import type { ModelOptions } from './models/loadModel.ts';
import type { ContainerGeneration } from './routes/containerHabits.ts';
import type { ErrorBodies, PredictionEndpointControl } from './routes/world.ts';
import type { FirstAccess } from './rules/accessKeys.ts';
import type { Latency } from './rules/latency.ts';
import type { QuotaRule } from './rules/quotaMeter.ts';
import type { StoredBounds } from './rules/storedImages.ts';
import type { EndpointStats } from './stats.ts';

export interface PredictionEndpointOptions extends Partial<ModelOptions>, FirstAccess {
  /** Further models beside the one that the options above describe. */
  readonly models?: readonly ModelOptions[];
  /** `auto` (the default) takes the native runtime where it is installed, else WebAssembly. */
  readonly runtime?: 'native' | 'wasm' | 'auto';
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** With it the endpoint speaks TLS, as the service does. */
  readonly certificate?: ServerCertificate;
  /** Left out: no limit. */
  readonly quota?: QuotaRule | undefined;
  readonly latency?: Latency;
  /** What the container's routes behave like; `2020` where left out. */
  readonly container?: ContainerGeneration;
  readonly errorBodies?: ErrorBodies;
  /** Photos that may wait for a model; more are answered 503. */
  readonly maxWaitingCount?: number;
  /** How many photos of the storing routes are kept. */
  readonly storedBounds?: StoredBounds;
  /** For a photo behind an address; 5 s where left out. */
  readonly urlTimeoutMs?: number;
  readonly nowMs?: () => number;
  /** Uniform in [0, 1); draws the latencies that have no seed. */
  readonly random?: () => number;
}

/** What a client needs, known before a model is loaded. */
export interface PredictionAddress extends Omit<Identity, 'labels'> {
  /** Without a trailing slash. */
  readonly endpoint: string;
  readonly port: number;
  /** The first of two, as it is now: keys can be rotated. */
  readonly key: string;
  readonly secondKey: string;
  readonly bearerToken: string;
  readonly publishedName: string;
  /** Ends calls under way, the models' threads and every socket. */
  stop(): Promise<void>;
}

export interface OpenPredictionEndpoint extends PredictionAddress {
  /** Calls that come before are answered then. Rejects where a model can't be used, with the reason. */
  readonly loaded: Promise<PredictionEndpoint>;
}

export interface PredictionEndpoint extends PredictionAddress, Identity {
  /** What answers: the runtime that was loaded, or `fixed`. */
  readonly runtime: Scorer['runtime'];
  readonly control: PredictionEndpointControl;
  readonly stats: () => EndpointStats;
}

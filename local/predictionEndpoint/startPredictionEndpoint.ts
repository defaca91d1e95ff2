/**
 * A prediction endpoint on this machine: the cloud's Prediction API and the exported container's
 * routes over real ONNX models, with real limits, a real quota, and faults to order. 127.0.0.1 only.
 */
import { loadedOrStopped } from '../closers.ts';
import type { Call } from '../http/call.ts';
import type { Reply } from '../http/reply.ts';
import { type Listening, listen } from '../http/server.ts';
import { type Found, type ModelLoader, modelLoader } from './models/loadModel.ts';
import type {
  OpenPredictionEndpoint,
  PredictionAddress,
  PredictionEndpoint,
  PredictionEndpointOptions,
} from './options.ts';
import { type AccessKeys, accessKeys } from './rules/accessKeys.ts';
import { type FaultSource, faultQueue } from './rules/faultQueue.ts';
import { type Served, served } from './served.ts';

export type { PredictionEndpoint, PredictionEndpointOptions } from './options.ts';

const defaultMaxWaitingCount = 64;
/** Long enough for a client's time-out to strike, short enough to be no `hang`. */
const slowAcceptMs = 2_000;

/** @throws Error where an export can't be read or used, with the reason. */
export async function startPredictionEndpoint(
  options: PredictionEndpointOptions = {},
): Promise<PredictionEndpoint> {
  return loadedOrStopped(await openPredictionEndpoint(options));
}

/** The endpoint with its address, while its models load. @throws as above, but for loading. */
export async function openPredictionEndpoint(
  options: PredictionEndpointOptions,
): Promise<OpenPredictionEndpoint> {
  const { runtime = 'auto', maxWaitingCount = defaultMaxWaitingCount } = options;
  const loader = modelLoader({ runtime, maxWaitingCount });
  const { load: loadMain, ...identity } = await loader.find(options);
  const others = await Promise.all((options.models ?? []).map((each) => loader.find(each)));
  const doors = { access: accessKeys(options), faults: faultQueue(options.nowMs ?? Date.now) };
  const loading = Promise.all([loadMain(), ...others.map(({ load }) => load())]);
  const serving = loading.then((loaded) => served(options, doors, loader, loaded));
  // Whoever opened it waits for it.
  serving.catch(() => {});
  try {
    const server = await listen(whenLoaded(serving), options.port ?? 0, {
      acceptDelayMs: () => doorDelayMs(doors.faults),
      ...(options.certificate && { certificate: options.certificate }),
    });
    const scheme: Opened['scheme'] = options.certificate ? 'https' : 'http';
    const opened = { identity, access: doors.access, server, loader, scheme };
    const loaded = serving.then(({ insides }) => addressed(opened, insides));
    loaded.catch(() => {});
    return addressed(opened, { loaded });
  } catch (error) {
    await loader.stop();
    throw error;
  }
}

/** Calls that come early wait. Where loading fails they are cut off: the endpoint is about to stop. */
function whenLoaded(serving: Promise<Served>) {
  return (call: Call): Promise<Reply> =>
    serving.then(
      ({ handle }) => handle(call),
      () => ({ kind: 'reset' }),
    );
}

function doorDelayMs(faults: FaultSource): number {
  const fault = faults.takeForConnection();
  return fault ? (fault.delayMs ?? slowAcceptMs) : 0;
}

interface Opened {
  readonly identity: Omit<Found, 'load'>;
  readonly access: AccessKeys;
  readonly server: Listening;
  readonly loader: ModelLoader;
  readonly scheme: 'http' | 'https';
}

function addressed<More>(opened: Opened, more: More): PredictionAddress & More {
  const { identity, access, server, loader, scheme } = opened;
  return {
    ...identity,
    bearerToken: access.bearerToken,
    get key() {
      return access.key('key1');
    },
    get secondKey() {
      return access.key('key2');
    },
    endpoint: `${scheme}://127.0.0.1:${server.port}`,
    port: server.port,
    async stop() {
      await server.stop();
      await loader.stop();
    },
    ...more,
  };
}

/**
 * A prediction endpoint on this machine: the cloud's Prediction API and the exported container's
 * routes over real ONNX models, with real limits, a real quota, and faults to order. 127.0.0.1 only.
 */
import { randomUUID } from 'node:crypto';
import { listen } from '../http/server.ts';
import { endpointControl } from './endpointControl.ts';
import { type Loaded, type ModelLoader, modelLoader } from './models/loadModel.ts';
import { type ModelTable, modelTable } from './models/modelTable.ts';
import type { PredictionEndpoint, PredictionEndpointOptions } from './options.ts';
import { cloudPrediction } from './routes/cloudPrediction.ts';
import { containerPrediction } from './routes/containerPrediction.ts';
import { controlRoutes } from './routes/controlRoutes.ts';
import { dispatch } from './routes/dispatch.ts';
import type { World } from './routes/world.ts';
import { accessKeys } from './rules/accessKeys.ts';
import { faultQueue } from './rules/faultQueue.ts';
import { latencyDial } from './rules/latency.ts';
import { quotaMeter } from './rules/quotaMeter.ts';
import { defaultStoredBounds, storedImages } from './rules/storedImages.ts';
import { statsKeeper } from './stats.ts';

export type { PredictionEndpoint, PredictionEndpointOptions } from './options.ts';

const defaultMaxWaitingCount = 64;
const defaultUrlTimeoutMs = 5_000;
/** Long enough for a client's time-out to strike, short enough to be no `hang`. */
const slowAcceptMs = 2_000;

/** @throws Error where an export can't be read or used, with the reason. */
export async function startPredictionEndpoint(
  options: PredictionEndpointOptions = {},
): Promise<PredictionEndpoint> {
  const { runtime = 'auto', maxWaitingCount = defaultMaxWaitingCount } = options;
  const loader = modelLoader({ runtime, maxWaitingCount });
  try {
    const [main, ...others] = await Promise.all(
      [options, ...(options.models ?? [])].map((each) => loader.load(each)),
    );
    if (!main) throw new Error('the prediction endpoint has no model');
    return await serve(options, loader, [main, ...others]);
  } catch (error) {
    // Neither a bad second model nor a taken port must leave a model's thread behind.
    await loader.stop();
    throw error;
  }
}

async function serve(
  options: PredictionEndpointOptions,
  loader: ModelLoader,
  loaded: readonly [Loaded, ...Loaded[]],
): Promise<PredictionEndpoint> {
  const [{ iteration, publishedName }] = loaded;
  const { scorer, ...identity } = iteration;
  const parts = partsOf(options, loader, loaded);
  const { access, control, stats, faults } = parts;
  const server = await listen(parts.handle, options.port ?? 0, {
    acceptDelayMs: () => {
      const fault = faults.takeForConnection();
      return fault ? (fault.delayMs ?? slowAcceptMs) : 0;
    },
  });
  return {
    ...identity,
    publishedName,
    bearerToken: access.bearerToken,
    get key() {
      return access.key('key1');
    },
    get secondKey() {
      return access.key('key2');
    },
    runtime: scorer.runtime,
    endpoint: `http://127.0.0.1:${server.port}`,
    port: server.port,
    control,
    stats: stats.snapshot,
    async stop() {
      await server.stop();
      await loader.stop();
    },
  };
}

function partsOf(
  options: PredictionEndpointOptions,
  loader: ModelLoader,
  loaded: readonly [Loaded, ...Loaded[]],
) {
  const { nowMs = Date.now, random = Math.random } = options;
  const clock = { nowMs, newId: randomUUID };
  const latency = latencyDial(options.latency ?? { fixedMs: 0 }, random, nowMs);
  const quota = quotaMeter(nowMs, options.quota);
  const faults = faultQueue(nowMs);
  const access = accessKeys(options);
  const stats = statsKeeper();
  const world: World = {
    models: tableOf(loaded),
    contained: loaded[0].iteration,
    clock,
    nextLatencyMs: latency.nextMs,
    stored: storedImages(options.storedBounds ?? defaultStoredBounds),
    dials: {
      container: options.container ?? '2020',
      errorBodies: options.errorBodies ?? 'current',
      urlTimeoutMs: options.urlTimeoutMs ?? defaultUrlTimeoutMs,
    },
  };
  const control = endpointControl({ world, loader, quota, latency, faults: faults.queue, access });
  const describe = () => ({
    ...describedModel(loaded[0]),
    quota: quota.rule(),
    latency: latency.current(),
    container: world.dials.container,
    errorBodies: world.dials.errorBodies,
  });
  const handle = dispatch({
    clock,
    stats,
    takeFault: faults.take,
    control: controlRoutes({ control, stats: stats.snapshot, describe }),
    routeSets: [cloudPrediction({ world, access, quota }), containerPrediction(world)],
  });
  return { handle, control, stats, access, faults };
}

function tableOf(loaded: readonly Loaded[]): ModelTable {
  const table = modelTable();
  for (const { iteration, ...target } of loaded) {
    if (table.find(target).kind === 'found') {
      throw new Error(`two models are published as ${target.publishedName} in one project`);
    }
    table.add(iteration);
    table.publish(target, iteration.iterationId);
  }
  return table;
}

function describedModel({ iteration, publishedName }: Loaded) {
  const { scorer, ...identity } = iteration;
  return { ...identity, publishedName, runtime: scorer.runtime };
}

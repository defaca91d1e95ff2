/** What answers once the models are loaded: the routes over them, and the rules that can change. */
import { randomUUID } from 'node:crypto';
import type { Call } from '../http/call.ts';
import type { Reply } from '../http/reply.ts';
import { endpointControl } from './endpointControl.ts';
import type { Loaded, ModelLoader } from './models/loadModel.ts';
import { type ModelTable, modelTable } from './models/modelTable.ts';
import type {
  PredictionAddress,
  PredictionEndpoint,
  PredictionEndpointOptions,
} from './options.ts';
import { cloudPrediction } from './routes/cloudPrediction.ts';
import { containerPrediction } from './routes/containerPrediction.ts';
import { controlRoutes } from './routes/controlRoutes.ts';
import { dispatch } from './routes/dispatch.ts';
import type { World } from './routes/world.ts';
import type { AccessKeys } from './rules/accessKeys.ts';
import type { FaultSource } from './rules/faultQueue.ts';
import { latencyDial } from './rules/latency.ts';
import { quotaMeter } from './rules/quotaMeter.ts';
import { defaultStoredBounds, storedImages } from './rules/storedImages.ts';
import { statsKeeper } from './stats.ts';

const defaultUrlTimeoutMs = 5_000;

/** What is there from the first connection on. */
export interface Doors {
  readonly access: AccessKeys;
  readonly faults: FaultSource;
}

export interface Served {
  readonly handle: (call: Call) => Promise<Reply>;
  readonly insides: Omit<PredictionEndpoint, keyof PredictionAddress>;
}

/** @throws Error where two models are published under one name. */
export function served(
  options: PredictionEndpointOptions,
  { access, faults }: Doors,
  loader: ModelLoader,
  loaded: readonly [Loaded, ...Loaded[]],
): Served {
  const { nowMs = Date.now, random = Math.random } = options;
  const [{ iteration, publishedName }] = loaded;
  const { scorer, ...identity } = iteration;
  const clock = { nowMs, newId: randomUUID };
  const latency = latencyDial(options.latency ?? { fixedMs: 0 }, random, nowMs);
  const quota = quotaMeter(nowMs, options.quota);
  const stats = statsKeeper();
  const world = worldOf(options, loaded, { clock, nextLatencyMs: latency.nextMs });
  const control = endpointControl({ world, loader, quota, latency, faults: faults.queue, access });
  const describe = () => ({
    ...identity,
    publishedName,
    runtime: scorer.runtime,
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
  const { labels } = identity;
  return { handle, insides: { labels, runtime: scorer.runtime, control, stats: stats.snapshot } };
}

function worldOf(
  options: PredictionEndpointOptions,
  loaded: readonly [Loaded, ...Loaded[]],
  time: Pick<World, 'clock' | 'nextLatencyMs'>,
): World {
  return {
    ...time,
    models: tableOf(loaded),
    contained: loaded[0].iteration,
    stored: storedImages(options.storedBounds ?? defaultStoredBounds),
    dials: {
      container: options.container ?? '2020',
      errorBodies: options.errorBodies ?? 'current',
      urlTimeoutMs: options.urlTimeoutMs ?? defaultUrlTimeoutMs,
    },
  };
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

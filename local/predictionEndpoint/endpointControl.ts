/** What may be changed while calls are under way, for tests in the same process and for scripts. */
import { randomUUID } from 'node:crypto';
import type { ModelLoader, ModelOptions } from './models/loadModel.ts';
import type { Iteration, PublishedAs } from './models/modelTable.ts';
import type { PredictionEndpointControl, World } from './routes/world.ts';
import type { AccessKeys } from './rules/accessKeys.ts';
import type { FaultQueue } from './rules/faultQueue.ts';
import type { LatencyDial } from './rules/latency.ts';
import type { QuotaMeter } from './rules/quotaMeter.ts';

export interface EndpointParts {
  readonly world: World;
  readonly loader: ModelLoader;
  readonly quota: QuotaMeter;
  readonly latency: LatencyDial;
  readonly faults: FaultQueue;
  readonly access: AccessKeys;
}

export function endpointControl(parts: EndpointParts): PredictionEndpointControl {
  const { world, loader, quota, latency, faults, access } = parts;
  const { models, dials, stored } = world;
  return {
    faults,
    stored,
    setQuota: quota.setRule,
    setLatency: latency.set,
    setContainer(generation) {
      dials.container = generation;
    },
    setErrorBodies(shape) {
      dials.errorBodies = shape;
    },
    rotateKey: (rotation) => access.rotate(rotation),
    models: () => models.list(),
    loadModel: (options) => loadModel(world, loader, options),
    publish: (target, iterationId) => models.publish(target, iterationId),
    unpublish(target) {
      if (!models.unpublish(target)) throw notThere(target);
    },
    retrain(target) {
      const iteration = publishedAs(world, target);
      const iterationId = randomUUID();
      models.add({ ...iteration, iterationId });
      models.publish(target, iterationId);
      return iterationId;
    },
  };
}

async function loadModel({ models }: World, loader: ModelLoader, options: ModelOptions) {
  const found = await loader.find(options);
  const { iteration, ...target } = await found.load();
  models.add(iteration);
  models.publish(target, iteration.iterationId);
  const { scorer: _, ...identity } = iteration;
  return identity;
}

function publishedAs({ models }: World, target: PublishedAs): Iteration {
  const lookup = models.find(target);
  if (lookup.kind === 'found') return lookup.iteration;
  throw notThere(target);
}

function notThere({ projectId, publishedName }: PublishedAs): Error {
  return new Error(`nothing is published as ${publishedName} in project ${projectId}`);
}

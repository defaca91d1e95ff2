/**
 * A prediction endpoint on this machine: the cloud's Prediction API and the exported container's
 * routes over a real ONNX model, with real limits, a real quota, and faults to order. 127.0.0.1 only.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { listen } from '../http/server.ts';
import { type Identity, stableId } from './identity.ts';
import { type ExportFolder, readExportFolder } from './model/exportFolder.ts';
import type { Scorer } from './model/findings.ts';
import { fixedScorer } from './model/fixedScorer.ts';
import { modelScorer } from './model/modelScorer.ts';
import { type Access, cloudPrediction } from './routes/cloudPrediction.ts';
import { containerPrediction } from './routes/containerPrediction.ts';
import { controlRoutes } from './routes/controlRoutes.ts';
import { dispatch } from './routes/dispatch.ts';
import type { PredictionEndpointControl, World } from './routes/world.ts';
import { faultQueue } from './rules/faultQueue.ts';
import { type Latency, latencyDial } from './rules/latency.ts';
import { type QuotaRule, quotaMeter } from './rules/quotaMeter.ts';
import { type EndpointStats, statsKeeper } from './stats.ts';

export interface PredictionEndpointOptions {
  /** An unzipped Custom Vision export. Optional where `scoring` is `fixed`. */
  readonly modelDir?: string;
  /** `fixed`: no model, the same answer at once. Detection projects have only that so far. */
  readonly scoring?: 'model' | 'fixed';
  /** Left out: as the export's manifest says, else `classify`. */
  readonly projectType?: 'classify' | 'detect';
  /** `auto` (the default) takes the native runtime where it is installed, else WebAssembly. */
  readonly runtime?: 'native' | 'wasm' | 'auto';
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly projectId?: string;
  readonly publishedName?: string;
  /** Left out: a random one, told in what this returns. */
  readonly key?: string;
  readonly bearerToken?: string;
  /** Left out: no limit. */
  readonly quota?: QuotaRule | undefined;
  readonly latency?: Latency;
  /** Photos that may wait for the model; more are answered 503. */
  readonly maxWaitingCount?: number;
  readonly nowMs?: () => number;
  /** Uniform in [0, 1); draws the latencies. */
  readonly random?: () => number;
}

export interface PredictionEndpoint {
  /** Without a trailing slash. */
  readonly endpoint: string;
  readonly port: number;
  readonly key: string;
  readonly bearerToken: string;
  readonly projectId: string;
  readonly publishedName: string;
  readonly iterationId: string;
  readonly projectType: 'classify' | 'detect';
  readonly labels: readonly string[];
  /** What answers: the runtime that was loaded, or `fixed`. */
  readonly runtime: Scorer['runtime'];
  readonly control: PredictionEndpointControl;
  readonly stats: () => EndpointStats;
  /** Ends calls under way, the model's thread and every socket. */
  stop(): Promise<void>;
}

const defaultProjectId = stableId('project', 'sightglass');
const defaultPublishedName = 'production';
const defaultLabels = ['ok', 'scratch', 'Negative'];
const defaultMaxWaitingCount = 64;

/** @throws Error where the export can't be read or used, with the reason. */
export async function startPredictionEndpoint(
  options: PredictionEndpointOptions = {},
): Promise<PredictionEndpoint> {
  const model =
    options.modelDir === undefined ? undefined : await readExportFolder(options.modelDir);
  const identity = identityOf(options, model);
  const scorer = await scorerOf(options, identity, model);
  try {
    return await serve(options, identity, scorer);
  } catch (error) {
    // A taken port must not leave the model's thread behind.
    await scorer.stop();
    throw error;
  }
}

function identityOf(options: PredictionEndpointOptions, model: ExportFolder | undefined): Identity {
  const { projectId = defaultProjectId, publishedName = defaultPublishedName } = options;
  return {
    projectId,
    publishedName,
    iterationId: model?.iterationId ?? stableId('iteration', projectId, publishedName),
    projectType: options.projectType ?? model?.projectType ?? 'classify',
    labels: model?.labels ?? defaultLabels,
  };
}

async function scorerOf(
  options: PredictionEndpointOptions,
  { projectType, labels }: Identity,
  model: ExportFolder | undefined,
): Promise<Scorer> {
  if (options.scoring === 'fixed') return fixedScorer(projectType, labels.length);
  if (!model) throw new Error('the prediction endpoint needs modelDir, unless scoring is fixed');
  if (projectType === 'detect') {
    throw new Error('detection models are not scored yet: set scoring to fixed');
  }
  const { runtime = 'auto', maxWaitingCount = defaultMaxWaitingCount } = options;
  return modelScorer({ model, runtime, maxWaitingCount });
}

async function serve(
  options: PredictionEndpointOptions,
  identity: Identity,
  scorer: Scorer,
): Promise<PredictionEndpoint> {
  const access = {
    key: options.key ?? randomBytes(16).toString('hex'),
    bearerToken: options.bearerToken ?? randomBytes(24).toString('base64url'),
  };
  const { handle, control, stats } = routesOf(options, identity, { scorer, access });
  const server = await listen(handle, options.port ?? 0, randomUUID);
  return {
    ...identity,
    ...access,
    runtime: scorer.runtime,
    endpoint: `http://127.0.0.1:${server.port}`,
    port: server.port,
    control,
    stats,
    async stop() {
      await server.stop();
      await scorer.stop();
    },
  };
}

function routesOf(
  options: PredictionEndpointOptions,
  identity: Identity,
  { scorer, access }: { readonly scorer: Scorer; readonly access: Access },
) {
  const { nowMs = Date.now, random = Math.random } = options;
  const latency = latencyDial(options.latency ?? { fixedMs: 0 }, random);
  const quota = quotaMeter(nowMs, options.quota);
  const faults = faultQueue();
  const stats = statsKeeper();
  const clock = { nowMs, newId: randomUUID };
  const world: World = { identity, scorer, clock, nextLatencyMs: latency.nextMs };
  const control: PredictionEndpointControl = {
    faults: faults.queue,
    setQuota: quota.setRule,
    setLatency: latency.set,
  };
  const describe = () => ({ ...identity, runtime: scorer.runtime });
  const handle = dispatch({
    world,
    stats,
    takeFault: faults.take,
    control: controlRoutes({ control, stats: stats.snapshot, describe }),
    cloud: cloudPrediction(world, access, quota),
    container: containerPrediction(world),
  });
  return { handle, control, stats: stats.snapshot };
}

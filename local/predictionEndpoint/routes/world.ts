/** What all routes share: the models, the rules that can change while it runs, and the counters. */
import type { Identity } from '../identity.ts';
import type { ModelOptions } from '../models/loadModel.ts';
import type { Iteration, ListedIteration, ModelTable, PublishedAs } from '../models/modelTable.ts';
import type { Rotation } from '../rules/accessKeys.ts';
import type { FaultQueue } from '../rules/faultQueue.ts';
import type { Latency } from '../rules/latency.ts';
import type { QuotaRule } from '../rules/quotaMeter.ts';
import type { StoredImages } from '../rules/storedImages.ts';
import type { AnswerStamp } from './answers.ts';
import type { ContainerGeneration } from './containerHabits.ts';

export interface Clock {
  readonly nowMs: () => number;
  readonly newId: () => string;
}

/** `older`: with the names of fields that earlier deployments used. */
export type ErrorBodies = 'current' | 'older';

export interface World {
  readonly models: ModelTable;
  /** What the container holds, whatever name is asked for: the first model. */
  readonly contained: Iteration;
  readonly clock: Clock;
  /** How long the next answer takes at least. */
  readonly nextLatencyMs: () => number;
  readonly stored: StoredImages;
  readonly dials: Dials;
}

/** Settings without rules of their own. */
export interface Dials {
  container: ContainerGeneration;
  errorBodies: ErrorBodies;
  /** For a photo behind an address. */
  readonly urlTimeoutMs: number;
}

/** What a test or a script may change while calls are under way. */
export interface PredictionEndpointControl {
  readonly faults: FaultQueue;
  readonly stored: Omit<StoredImages, 'keep'>;
  /** @param rule - `undefined` lifts every limit. */
  setQuota(rule: QuotaRule | undefined): void;
  setLatency(latency: Latency): void;
  setContainer(generation: ContainerGeneration): void;
  setErrorBodies(shape: ErrorBodies): void;
  /** @returns the new key. The other one goes on to open. */
  rotateKey(rotation: Rotation): string;
  models(): readonly ListedIteration[];
  /** Adds an iteration and publishes it under its name. */
  loadModel(options: ModelOptions): Promise<Identity>;
  /** @throws Error where the project has no such iteration. */
  publish(target: PublishedAs, iterationId: string): void;
  /** @throws Error where nothing is published under that name. */
  unpublish(target: PublishedAs): void;
  /** Publishes the same model as another iteration, as after a training. @returns its id. */
  retrain(target: PublishedAs): string;
}

export function stampOf({ newId, nowMs }: Clock): AnswerStamp {
  return { predictionId: newId(), createdAtMs: nowMs() };
}

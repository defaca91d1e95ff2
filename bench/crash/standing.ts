/** What does not differ between the processes of a run, dying or not, and what they do with a load. */
import { randomUUID } from 'node:crypto';
import { readSize } from '../../shared/adapters/imageHeader/readSize.ts';
import { mapBounded } from '../../shared/adapters/system/mapBounded.ts';
import type { PipelineDeps } from '../../shared/pipeline/deps.ts';
import { drainDeferred } from '../../shared/pipeline/drainDeferred.ts';
import { processBatch } from '../../shared/pipeline/processBatch.ts';
import { sweepLedger } from '../../shared/pipeline/sweepLedger.ts';
import { unlimited } from '../../shared/quota/unlimited.ts';
import { silent } from '../../shared/telemetry/silent.ts';
import { photoAccount, photosContainer } from './photoNames.ts';
import { model } from './ports.ts';
import { pause, type Time } from './time.ts';
import type { Load } from './wire.ts';

/**
 * As long as it takes: processes here are ended from outside. Its own for each load: the dead wait on
 * it for ever, and a common one would keep them.
 */
export function endless() {
  return { startUntilMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
}

const photosInFlightCount = 8;

/** One call for each process: what the dead have begun takes no places of the living. */
export function standing(time: Time) {
  return {
    clock: { nowMs: () => time.nowMs(), pause: (durationMs: number) => pause(time, durationMs) },
    random: Math.random,
    newId: () => randomUUID(),
    quota: unlimited(() => time.nowMs()),
    claimTtlMs: 120_000,
    predictor: { model, predict: () => Promise.reject(new Error('nobody predicts here')) },
    events: {
      publish: () => Promise.reject(new Error('nobody announces here')),
      ping: () => Promise.resolve(),
      close: () => Promise.resolve(),
    },
    readSize,
    mapBounded: mapBounded(photosInFlightCount),
    approved: { account: photoAccount, containers: [photosContainer] },
    inlineContainer: photosContainer,
    budgets: { ageMs: 24 * 3_600_000, attemptCount: 100 },
    reviewBelowConfidence: 0.7,
    telemetry: silent,
    prices: { prediction: 0 },
  } satisfies Partial<PipelineDeps>;
}

export async function performLoad(deps: PipelineDeps, load: Load): Promise<void> {
  switch (load.kind) {
    case 'works':
      await processBatch(deps, load.works, endless());
      return;
    case 'message':
      await drainDeferred(deps, JSON.parse(load.text), endless());
      return;
    case 'sweep':
      await sweepLedger(deps, endless());
  }
}

/** The pipeline over memory adapters, with a clock that moves only when told to. */
import { readSize } from '../../shared/adapters/imageHeader/readSize.ts';
import {
  memoryDeferralQueue,
  memoryEventPublisher,
} from '../../shared/adapters/memory/memoryChannels.ts';
import { memoryClaimStore, memoryEntryStore } from '../../shared/adapters/memory/memoryLedger.ts';
import { memoryOutcomeStore, memoryPhotoStore } from '../../shared/adapters/memory/memoryStores.ts';
import { mapBounded } from '../../shared/adapters/system/mapBounded.ts';
import type { PhotoWork } from '../../shared/deferral/photoWork.ts';
import type { PhotoRef } from '../../shared/photo/photo.ts';
import type { Budget, PipelineDeps } from '../../shared/pipeline/deps.ts';
import type { Failure } from '../../shared/prediction/failure.ts';
import type { ModelIdentity, Tag } from '../../shared/prediction/prediction.ts';
import type { PredictionAnswer } from '../../shared/prediction/predictor.ts';
import { unlimited } from '../../shared/quota/unlimited.ts';
import { silent } from '../../shared/telemetry/silent.ts';

export const startMs = Date.parse('2026-11-24T10:00:00.000Z');

export const model: ModelIdentity = {
  backend: 'customVision',
  projectId: '5f1d8b5e-0c2a-4c1e-9a51-1c0f0a6d2e11',
  publishedName: 'parts',
  projectType: 'classify',
};

export const photoRef: PhotoRef = { account: 'acme', container: 'photos', blobName: 'a.jpg' };

export function predicted(...tags: Tag[]): PredictionAnswer {
  const prediction = { predictionId: 'p-1', iterationId: 'it-1', tags };
  return { kind: 'predicted', prediction };
}

export function failed(failure: Failure): PredictionAnswer {
  return { kind: 'failed', failure };
}

export function throttled(retryAfterMs?: number): PredictionAnswer {
  const seen = { code: 'HTTP_429', detail: 'the endpoint answered 429' };
  return failed({ class: 'throttled', retryAfterMs, ...seen });
}

export const scratch = predicted({ tag: 'scratch', confidence: 0.9 });

/** @param answers - one for each call; the last is repeated. */
export function pipelineAnswering(...answers: readonly PredictionAnswer[]) {
  let nowMs = startMs;
  let callCount = 0;
  let idCount = 0;
  const photos = memoryPhotoStore('acme', () => nowMs);
  const outcomes = memoryOutcomeStore('acme', 'results');
  const claims = memoryClaimStore(() => nowMs);
  const entries = memoryEntryStore();
  const events = memoryEventPublisher();
  const deferrals = memoryDeferralQueue();
  const deps: PipelineDeps = {
    clock: {
      nowMs: () => nowMs,
      pause: async (durationMs) => {
        nowMs += durationMs;
      },
    },
    random: () => 0.5,
    newId: () => `owner-${(idCount += 1)}`,
    photos,
    claims,
    claimTtlMs: 120_000,
    entries,
    outcomes,
    quota: unlimited(() => nowMs),
    events,
    deferrals,
    telemetry: silent,
    prices: { prediction: 0.002 },
    budgets: { ageMs: 24 * 3_600_000, attemptCount: 100 },
    readSize,
    predictor: {
      model,
      predict: async () => {
        const answer = answers[Math.min(callCount, answers.length - 1)] ?? scratch;
        callCount += 1;
        return answer;
      },
    },
    mapBounded: mapBounded(4),
    approved: { account: 'acme', containers: ['photos', 'line-photos'] },
    inlineContainer: 'photos',
    reviewBelowConfidence: 0.7,
  };
  return {
    deps,
    photos,
    claims,
    entries,
    outcomes,
    events,
    deferrals,
    calls: () => callCount,
    passTime: (durationMs: number) => {
      nowMs += durationMs;
    },
  };
}

export const ampleBudget: Budget = {
  startUntilMs: startMs + 60_000,
  signal: new AbortController().signal,
};

/** Ends only with its signal. */
export const endlessBudget: Budget = {
  ...ampleBudget,
  startUntilMs: Number.POSITIVE_INFINITY,
};

export function uploadOf(photo: PhotoWork['photo'], change: Partial<PhotoWork> = {}): PhotoWork {
  return {
    photo,
    source: { trigger: 'upload', context: {} },
    firstSeenAtMs: startMs,
    deferralCount: 0,
    badAnswerCount: 0,
    ...change,
  };
}

/** Builds the real dependencies out of the settings. The only reader of `process.env`. */
import { randomUUID } from 'node:crypto';
import { blobClaimStore } from '../shared/adapters/blob/claimStore.ts';
import { blobCursorStore } from '../shared/adapters/blob/cursorStore.ts';
import { blobEntryStore } from '../shared/adapters/blob/entryStore.ts';
import { blobOutcomeStore } from '../shared/adapters/blob/outcomeStore.ts';
import { blobPhotoStore } from '../shared/adapters/blob/photoStore.ts';
import { blobQuotaStore, quotaBlobName } from '../shared/adapters/blob/quotaStore.ts';
import {
  type CustomVisionOptions,
  customVisionPredictor,
} from '../shared/adapters/customVision/predictor.ts';
import { eventHubPublisher } from '../shared/adapters/eventHubs/eventPublisher.ts';
import { exportedModelPredictor } from '../shared/adapters/exportedModel/predictor.ts';
import { readSize } from '../shared/adapters/imageHeader/readSize.ts';
import { storageDeferralQueue } from '../shared/adapters/queue/deferralQueue.ts';
import { withBreaker } from '../shared/adapters/system/breaker.ts';
import { systemClock } from '../shared/adapters/system/clock.ts';
import { mapBounded } from '../shared/adapters/system/mapBounded.ts';
import { withSecondKey } from '../shared/adapters/system/secondKey.ts';
import { watchStorageCalls } from '../shared/adapters/system/storageCalls.ts';
import { after } from '../shared/adapters/system/timer.ts';
import type { CursorStore } from '../shared/ledger/cursorStore.ts';
import type { PipelineDeps } from '../shared/pipeline/deps.ts';
import type { ReportDeps } from '../shared/pipeline/reportQuota.ts';
import type { Predictor } from '../shared/prediction/predictor.ts';
import { type FleetQuota, fleetQuota } from '../shared/quota/fleetQuota.ts';
import { type Governor, governor } from '../shared/quota/governor.ts';
import { quotaLimits } from '../shared/quota/limits.ts';
import { unlimited } from '../shared/quota/unlimited.ts';
import { grantedQuota, names, readSettings, type Settings } from '../shared/settings.ts';
import type { Telemetry } from '../shared/telemetry/telemetry.ts';
import { type Connections, connectionsOf } from './connections.ts';
import { reportSources } from './quotaReport.ts';
import { storageTeller } from './storageCost.ts';
import { processTelemetry } from './telemetry.ts';

export interface Composition {
  readonly settings: Settings;
  readonly deps: PipelineDeps;
  readonly cursors: CursorStore;
  /** Absent where there is no quota to share. */
  readonly fleetQuota: FleetQuota | undefined;
  /** What only the report of the quota looks at. */
  readonly report: Omit<ReportDeps, keyof PipelineDeps>;
  /** With no breaker around it. */
  readonly barePredictor: Predictor;
  readonly stopCounting: () => void;
}

/**
 * A claim is renewed once half its life is spent: the other half covers one call and what storage may
 * take before and after it.
 */
const claimMarginMs = 50_000;

/** A storm of errors passes by itself: looked at twice as often as a wrong key. */
const stormOpenMs = 15_000;

/** @throws PipelineError `SETTINGS_INVALID`. */
export async function compose(): Promise<Composition> {
  const settings = readSettings(process.env);
  const { telemetry } = await processTelemetry;
  const connections = connectionsOf(settings);
  const photos = await connections.blobs('PhotosStorage');
  const results = await connections.blobs('ResultsStorage');
  const queues = await connections.queues('ResultsStorage');
  const photoStore = blobPhotoStore(photos, names.photosContainer);
  const ledger = results.getContainerClient(names.ledgerContainer);
  const shared = await sharedQuota(settings, connections);
  const bare = await predictor(settings, connections, telemetry);
  const deps: PipelineDeps = {
    clock: systemClock,
    random: Math.random,
    newId: randomUUID,
    photos: photoStore,
    claims: blobClaimStore(results.getContainerClient(names.claimsContainer)),
    entries: blobEntryStore(ledger),
    outcomes: blobOutcomeStore(results.getContainerClient(names.resultsContainer)),
    predictor: withBreaker(bare, {
      telemetry,
      nowMs: systemClock.nowMs,
      openMs: settings.PREDICTION_BREAKER_OPEN_MS,
      stormOpenMs: Math.min(stormOpenMs, settings.PREDICTION_BREAKER_OPEN_MS),
    }),
    quota: shared?.governor ?? unlimited(systemClock.nowMs),
    events: eventHubPublisher(await connections.hub(names.predictionsHub)),
    deferrals: storageDeferralQueue(queues.getQueueClient(names.deferredQueue)),
    telemetry,
    readSize,
    approved: { account: photoStore.account, containers: settings.APPROVED_CONTAINERS },
    inlineContainer: names.photosContainer,
    ...rulesOf(settings),
  };
  const services = { blobUrls: [photos.url, results.url], queueUrls: [queues.url] };
  const stopCounting = watchStorageCalls(services, storageTeller(deps.telemetry, settings));
  const cursors = blobCursorStore(ledger);
  const fleet = shared?.fleet;
  const report = {
    fleetQuota: fleet,
    laneWeights: settings.QUOTA_LANE_WEIGHTS,
    cursors,
    ...(await reportSources(settings, connections)),
  };
  return { settings, deps, cursors, fleetQuota: fleet, report, barePredictor: bare, stopCounting };
}

/** What the settings alone decide. */
function rulesOf(settings: Settings) {
  return {
    claimTtlMs: settings.CLAIM_TTL_MS ?? 2 * (settings.PREDICTION_TIMEOUT_MS + claimMarginMs),
    prices: { prediction: settings.PRICE_PER_1000_PREDICTIONS / 1_000 },
    budgets: {
      ageMs: settings.PHOTO_AGE_BUDGET_HOURS * 3_600_000,
      attemptCount: settings.PHOTO_ATTEMPT_BUDGET,
    },
    mapBounded: mapBounded(settings.MAX_PHOTOS_IN_FLIGHT),
    reviewBelowConfidence: settings.REVIEW_BELOW_CONFIDENCE,
    expectedIterationId: settings.PREDICTION_ITERATION_ID,
  };
}

/** Whoever waits for a slot must not wait for retries as well, and contention is no failure. */
const quotaRetries = { maxTries: 1, tryTimeoutInMs: 2_000 };

interface SharedQuota {
  readonly governor: Governor;
  readonly fleet: FleetQuota;
}

/** @returns `undefined` where every call may go at once. */
async function sharedQuota(
  settings: Settings,
  connections: Connections,
): Promise<SharedQuota | undefined> {
  const { nowMs } = systemClock;
  const granted = grantedQuota(settings);
  if (!granted && settings.QUOTA_PAUSED === undefined) return undefined;
  const service = await connections.blobs('ResultsStorage', quotaRetries);
  const container = service.getContainerClient(names.quotaContainer);
  const store = blobQuotaStore(container, quotaBlobName(settings.PREDICTION_ENDPOINT));
  const limits = quotaLimits(
    granted?.callsPerSecond ?? 1,
    granted?.monthlyCallCount,
    settings.QUOTA_LANE_WEIGHTS,
  );
  const shared = governor({
    limits,
    store,
    waitBudgetMs: settings.QUOTA_WAIT_BUDGET_MS,
    pausedBecause: settings.QUOTA_PAUSED,
    nowMs,
    random: Math.random,
    after,
  });
  return { governor: shared, fleet: fleetQuota(store, limits, nowMs) };
}

async function predictor(
  settings: Settings,
  connections: Connections,
  telemetry: Telemetry,
): Promise<Predictor> {
  const timeoutMs = settings.PREDICTION_TIMEOUT_MS;
  const options = {
    endpoint: settings.PREDICTION_ENDPOINT,
    projectId: settings.PREDICTION_PROJECT_ID,
    publishedName: settings.PREDICTION_PUBLISHED_NAME,
    projectType: settings.PREDICTION_PROJECT_TYPE,
    timeoutMs,
    maxConnectionCount: settings.MAX_PHOTOS_IN_FLIGHT,
    expectedTags: settings.PREDICTION_TAGS,
    nowMs: () => systemClock.nowMs(),
  };
  if (settings.PREDICTION_BACKEND === 'exportedModel') return exportedModelPredictor(options);
  const storePhotos = settings.PREDICTION_STORE_PHOTOS;
  const openedBy = (auth: CustomVisionOptions['auth']) =>
    customVisionPredictor({ ...options, auth, storePhotos });
  const { PREDICTION_KEY: key, PREDICTION_SECOND_KEY: secondKey } = settings;
  if (key === undefined) return openedBy({ credential: await connections.credential() });
  const first = openedBy({ key });
  if (secondKey === undefined) return first;
  return withSecondKey({ first, second: openedBy({ key: secondKey }) }, { timeoutMs, telemetry });
}

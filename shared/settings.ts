/**
 * Every setting of the app, read once on first use. Blank means unset. All problems are reported at
 * once, by name. docs/settings.md explains each; a test holds the two together.
 */
import * as z from 'zod';
import { PipelineError } from './errors.ts';
import { defaultWeights, lanes, type PerLane } from './quota/lanes.ts';
import { isSecretName } from './redact.ts';
import {
  givenText,
  guid,
  httpAddress,
  numberFrom,
  oneOf,
  trueOrFalse,
  wholeNumberFrom,
} from './settingForms.ts';
import { telemetryShape } from './telemetrySettings.ts';

/** Names that triggers, infrastructure and clients share. */
export const names = {
  photosContainer: 'photos',
  resultsContainer: 'results',
  /** Claims on photos that are being worked on. */
  claimsContainer: 'inflight',
  /** Where the outcome of each photo version lies. */
  ledgerContainer: 'ledger',
  deferredQueue: 'deferred-predictions',
  /** Both named by the host. */
  deferredPoisonQueue: 'deferred-predictions-poison',
  uploadPoisonQueue: 'webjobs-blobtrigger-poison',
  quotaContainer: 'quota',
  capturesHub: 'captures',
  predictionsHub: 'predictions',
  photosConnection: 'PhotosStorage',
  resultsConnection: 'ResultsStorage',
  eventHubsConnection: 'EventHubs',
} as const;

const connectionString = z.string().includes('=', { message: 'is not a connection string' });
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

const weight = numberFrom(0.1, 1_000);
const laneWeights = list.transform((entries, context): PerLane => {
  const given = Object.fromEntries(
    entries.map((entry) => entry.split('=').map((part) => part.trim())),
  );
  const parsed = z.partialRecord(z.enum(lanes), weight).safeParse(given);
  if (parsed.success) return { ...defaultWeights, ...parsed.data };
  context.addIssue(`is not like "live=8,line=8" with the lanes ${lanes.join(', ')}`);
  return z.NEVER;
});

const settingsSchema = z.object({
  /** Of the host; only read, to see how far it is. */
  AzureWebJobsStorage: connectionString.optional(),
  AzureWebJobsStorage__blobServiceUri: httpAddress.optional(),
  PhotosStorage: connectionString.optional(),
  PhotosStorage__blobServiceUri: httpAddress.optional(),
  PhotosStorage__queueServiceUri: httpAddress.optional(),
  ResultsStorage: connectionString.optional(),
  ResultsStorage__blobServiceUri: httpAddress.optional(),
  ResultsStorage__queueServiceUri: httpAddress.optional(),
  EventHubs: connectionString.optional(),
  EventHubs__fullyQualifiedNamespace: z
    .string()
    .regex(/^[\w.-]+(?::\d+)?$/, { error: 'is not like NAME.servicebus.windows.net' })
    .optional(),
  /** Client id of a user-assigned managed identity; the system-assigned one when unset. */
  AZURE_CLIENT_ID: guid('a client id').optional(),

  PREDICTION_BACKEND: oneOf(['customVision', 'exportedModel']).default('customVision'),
  PREDICTION_ENDPOINT: httpAddress,
  PREDICTION_KEY: z.string().optional(),
  /** Tried where the first is refused. */
  PREDICTION_SECOND_KEY: z.string().optional(),
  PREDICTION_PROJECT_ID: guid('a project id'),
  PREDICTION_PUBLISHED_NAME: z.string(),
  PREDICTION_PROJECT_TYPE: oneOf(['classify', 'detect']).default('classify'),
  /** Keeps photos in the Custom Vision portal for its own review; halves the quota of S0. */
  PREDICTION_STORE_PHOTOS: trueOrFalse.default(false),
  PREDICTION_TIMEOUT_MS: wholeNumberFrom(100, 120_000).default(10_000),
  /** When set, an answer with any other tag means the wrong model is published. */
  PREDICTION_TAGS: list.default([]),
  /** When set, outcomes of another one say so, and the probe fails. */
  PREDICTION_ITERATION_ID: guid('an iteration id').optional(),
  PREDICTION_BREAKER_OPEN_MS: wholeNumberFrom(1_000, 3_600_000).default(30_000),

  QUOTA_TIER: oneOf(['S0', 'F0']).default('S0'),
  /** By tier and by whether photos are stored where unset; 0 lets every call go at once. */
  QUOTA_CALLS_PER_SECOND: numberFrom(0, 10_000).optional(),
  QUOTA_MONTHLY_CALLS: wholeNumberFrom(1, Number.POSITIVE_INFINITY).optional(),
  QUOTA_WAIT_BUDGET_MS: wholeNumberFrom(0, 45_000).default(20_000),
  QUOTA_LANE_WEIGHTS: laneWeights.default(defaultWeights),
  /** Why no call goes out. */
  QUOTA_PAUSED: z.string().max(200, { error: 'is longer than 200 characters' }).optional(),

  /** In any currency: telemetry and budgets count in the same. */
  PRICE_PER_1000_PREDICTIONS: numberFrom(0, 1_000).default(2),
  /** Lists are billed like writes; queue calls like reads; deletes are free. */
  PRICE_PER_10000_STORAGE_WRITES: numberFrom(0, 100).default(0.055),
  PRICE_PER_10000_STORAGE_READS: numberFrom(0, 100).default(0.0044),

  APPROVED_CONTAINERS: list.default([names.photosContainer]),
  /** Fraction in [0, 1]. */
  REVIEW_BELOW_CONFIDENCE: numberFrom(0, 1).default(0.7),
  MAX_PHOTOS_IN_FLIGHT: wholeNumberFrom(1, 64).default(8),
  /** container/blobName in the photos' account; a plain photo where unset. */
  PROBE_PHOTO: z
    .string()
    .regex(/^[^/]+\/.+$/, { error: 'is not like golden/part.jpg' })
    .optional(),
  PROBE_EXPECTED_TAG: z.string().optional(),
  /** A probe costs one prediction. */
  PROBE_EVERY_MINUTES: wholeNumberFrom(5, 1_440).default(5),
  /** Only a photo's own failures count against these two. */
  PHOTO_AGE_BUDGET_HOURS: numberFrom(0.01, 720).default(24),
  PHOTO_ATTEMPT_BUDGET: wholeNumberFrom(1, 10_000).default(100),
  /** Twice the prediction timeout plus 100 s where unset. */
  CLAIM_TTL_MS: wholeNumberFrom(1_000, 3_600_000).optional(),
  /** Photos older than this are left to the backfill. */
  RECONCILE_WINDOW_HOURS: numberFrom(1, 8_760).default(48),
  /** Younger photos may have their event still under way. */
  RECONCILE_AFTER_MINUTES: numberFrom(0, 10_080).default(60),
  INVOCATION_BUDGET_MS: wholeNumberFrom(1_000, 540_000).default(240_000),
  ...z.object(telemetryShape).partial().shape,
});

export const settingNames = Object.keys(settingsSchema.shape);

export type Settings = Readonly<z.output<typeof settingsSchema>>;

/** A part of them is a key, wherever the mistake is. */
const connections: ReadonlySet<string> = new Set([
  'AzureWebJobsStorage',
  names.photosConnection,
  names.resultsConnection,
  names.eventHubsConnection,
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
]);

type Given = Readonly<Record<string, string | undefined>>;

/** Either of these must be set, or the part can't be reached. */
const alternatives: readonly (readonly [keyof Settings, keyof Settings])[] = [
  ['PhotosStorage', 'PhotosStorage__blobServiceUri'],
  ['ResultsStorage', 'ResultsStorage__blobServiceUri'],
  ['ResultsStorage', 'ResultsStorage__queueServiceUri'],
  ['EventHubs', 'EventHubs__fullyQualifiedNamespace'],
];

/** The resource's two keys: the second is there for when the first is refused. */
function keyProblems({ PREDICTION_KEY: key, PREDICTION_SECOND_KEY: second }: Given): string[] {
  if (second === undefined || (key !== undefined && key !== second)) return [];
  const problem =
    key === undefined ? 'is set without PREDICTION_KEY' : 'is the same as PREDICTION_KEY';
  return [`PREDICTION_SECOND_KEY: ${problem}`];
}

/**
 * @throws PipelineError `SETTINGS_INVALID` naming every bad setting, and no secret. Its message also says
 *   what was given; its `problems` do not: anybody may ask for the app's health.
 */
export function readSettings(env: Given): Settings {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const parsed = settingsSchema.safeParse(present);
  const problems: readonly Problem[] = [
    ...(parsed.error?.issues ?? []).map((issue) => problemOf(issue, present)),
    ...alternatives.flatMap(([one, other]) =>
      present[one] || present[other] ? [] : [{ text: `${one}: is missing (or set ${other})` }],
    ),
    ...keyProblems(present).map((text) => ({ text })),
  ];
  if (parsed.success && problems.length === 0) return parsed.data;
  const said = problems.map(({ text, given = '' }) => `${text}${given}`).join('; ');
  throw new PipelineError('SETTINGS_INVALID', said, { problems: problems.map(({ text }) => text) });
}

interface Problem {
  readonly text: string;
  readonly given?: string;
}

function problemOf(issue: z.core.$ZodIssue, present: Given): Problem {
  const name = issue.path.join('.');
  const value = present[name];
  if (value === undefined) return { text: `${name}: is missing` };
  const isSecret = connections.has(name) || isSecretName(name);
  return { text: `${name}: ${issue.message}`, given: givenText(value, isSecret) };
}

/** Source: Custom Vision limits and quotas, 2026-11-23: S0 10, 20 where nothing is stored; F0 2. */
const grantedPerSecond = { stored: 10, notStored: 20, free: 2 } as const;
const freeMonthlyCallCount = 10_000;

/** What the prediction resource grants. @returns `undefined` where there is no quota to share. */
export function grantedQuota(
  settings: Settings,
): { readonly callsPerSecond: number; readonly monthlyCallCount: number | undefined } | undefined {
  const isFree = settings.QUOTA_TIER === 'F0';
  const perSecond = settings.PREDICTION_STORE_PHOTOS
    ? grantedPerSecond.stored
    : grantedPerSecond.notStored;
  const ofTier = isFree ? grantedPerSecond.free : perSecond;
  // A container of one's own has no quota, unless one is set.
  const unset = settings.PREDICTION_BACKEND === 'exportedModel' ? 0 : ofTier;
  const callsPerSecond = settings.QUOTA_CALLS_PER_SECOND ?? unset;
  const monthlyCallCount =
    settings.QUOTA_MONTHLY_CALLS ?? (isFree ? freeMonthlyCallCount : undefined);
  return callsPerSecond === 0 ? undefined : { callsPerSecond, monthlyCallCount };
}

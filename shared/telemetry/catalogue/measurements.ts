/** Numbers that stand on events. Percentiles come from these: metrics arrive without buckets. */

type Unit = 'ms' | 's' | 'ratio' | 'count' | 'bytes';

interface MeasurementMeaning {
  readonly unit: Unit;
  readonly meaning: string;
}

export const measurements = {
  pickupMs: { unit: 'ms', meaning: 'From the arrival of the photo to its first try.' },
  openMs: { unit: 'ms', meaning: "Asking storage for the photo's headers." },
  claimMs: { unit: 'ms', meaning: 'Claiming the photo.' },
  lookupMs: { unit: 'ms', meaning: 'Looking for an earlier outcome.' },
  readMs: { unit: 'ms', meaning: 'Downloading it.' },
  checkMs: { unit: 'ms', meaning: 'Intake checks.' },
  slotMs: { unit: 'ms', meaning: 'Waiting for slots of the shared quota, in the last try.' },
  predictMs: { unit: 'ms', meaning: 'Prediction calls of the last try.' },
  recordMs: { unit: 'ms', meaning: 'Writing the outcome.' },
  publishMs: { unit: 'ms', meaning: 'Publishing the result event.' },
  parkedMs: { unit: 'ms', meaning: 'Between its first try and its last one.' },
  endToEndMs: { unit: 'ms', meaning: 'From the arrival of the photo to the published event.' },
  confidence: { unit: 'ratio', meaning: 'Of the tag that won.' },
  deferralCount: { unit: 'count', meaning: 'Times it was parked.' },
  photoBytes: { unit: 'bytes', meaning: 'Size of the photo.' },
  delayMs: { unit: 'ms', meaning: 'Until it is tried again.' },
  waitedMs: { unit: 'ms', meaning: 'Since it was first seen.' },
  usedThisMonthCount: { unit: 'count', meaning: 'Prediction calls of this month.' },
  blockedMs: { unit: 'ms', meaning: 'Until calls go out again, as far as known.' },
  openForMs: { unit: 'ms', meaning: 'How long the breaker was open.' },
} as const satisfies Readonly<Record<string, MeasurementMeaning>>;

export type MeasurementName = keyof typeof measurements;

/** Where the time of a photo goes, in the order of its way. */
export const stages = [
  'pickupMs',
  'openMs',
  'claimMs',
  'lookupMs',
  'readMs',
  'checkMs',
  'slotMs',
  'predictMs',
  'recordMs',
  'publishMs',
  'parkedMs',
  'endToEndMs',
] as const satisfies readonly MeasurementName[];

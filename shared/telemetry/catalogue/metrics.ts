/**
 * Metrics. A counter sums what happened; a reading is a value that was looked at, sent only when it
 * was, so that a process which looked once does not repeat it for ever. Both arrive as sum, count,
 * smallest and largest of a minute, without buckets.
 */
import { budgetOf, type DimensionName } from './attributes.ts';

interface MetricMeaning {
  readonly kind: 'counter' | 'reading';
  /** In the notation of OpenTelemetry (UCUM). */
  readonly unit: string;
  readonly meaning: string;
  readonly dimensions: readonly DimensionName[];
}

export const metrics = {
  'sightglass.photos.settled': {
    kind: 'counter',
    unit: '{photo}',
    meaning: 'Outcomes made.',
    dimensions: ['outcome', 'model', 'lane'],
  },
  'sightglass.photos.parked': {
    kind: 'counter',
    unit: '{photo}',
    meaning: 'Parkings, repeated ones included.',
    dimensions: ['failureClass', 'lane', 'model'],
  },
  'sightglass.photos.accounted': {
    kind: 'reading',
    unit: '{photo}',
    meaning: 'Stored photos by their state, as the last whole reconciliation found them.',
    dimensions: ['photoState'],
  },
  'sightglass.prediction.calls': {
    kind: 'counter',
    unit: '{call}',
    meaning: 'Calls to the prediction endpoint by what they came to.',
    dimensions: ['answer', 'lane', 'model'],
  },
  'sightglass.cost': {
    kind: 'counter',
    unit: '{currency}',
    meaning: 'What was spent, in the currency of the price settings.',
    dimensions: ['costKind'],
  },
  'sightglass.storage.operations': {
    kind: 'counter',
    unit: '{operation}',
    meaning: 'Storage calls of the app.',
    dimensions: ['storageOperation'],
  },
  'sightglass.quota.headroom': {
    kind: 'reading',
    unit: '1',
    meaning: 'From 1, nothing reserved, to 0, no slot to be had.',
    dimensions: ['quotaMode'],
  },
  'sightglass.quota.rate': {
    kind: 'reading',
    unit: '{call}/s',
    meaning: 'Calls per second the fleet allows itself.',
    dimensions: ['quotaMode'],
  },
  'sightglass.quota.max_rate': {
    kind: 'reading',
    unit: '{call}/s',
    meaning: 'What the rate started from and returns to.',
    dimensions: [],
  },
  'sightglass.quota.time_to_drain': {
    kind: 'reading',
    unit: 's',
    meaning: 'Until parked work is through, expected.',
    dimensions: [],
  },
  'sightglass.quota.time_to_drain_upper': {
    kind: 'reading',
    unit: 's',
    meaning: 'The same if the rate has to give way.',
    dimensions: [],
  },
  'sightglass.quota.used_this_month': {
    kind: 'reading',
    unit: '{call}',
    meaning: 'Prediction calls of this month; not sent where no quota is kept.',
    dimensions: [],
  },
  'sightglass.quota.used_ratio': {
    kind: 'reading',
    unit: '1',
    meaning: 'Used of what the month grants; not sent where nothing is granted by the month.',
    dimensions: [],
  },
  'sightglass.quota.exhaustion_in': {
    kind: 'reading',
    unit: 'h',
    meaning: 'Until the month is spent, at the pace so far; not sent where it suffices.',
    dimensions: [],
  },
  'sightglass.quota.exhaustion_in_lower': {
    kind: 'reading',
    unit: 'h',
    meaning: 'The same at the fastest pace of the interval (19 of 20).',
    dimensions: [],
  },
  'sightglass.quota.exhaustion_in_upper': {
    kind: 'reading',
    unit: 'h',
    meaning: 'The same at the slowest pace of the interval (19 of 20).',
    dimensions: [],
  },
  'sightglass.parked.messages': {
    kind: 'reading',
    unit: '{message}',
    meaning: 'Messages on the deferred queue; one may carry many photos.',
    dimensions: [],
  },
  'sightglass.parked.overdue': {
    kind: 'reading',
    unit: 's',
    meaning:
      'How long the oldest message that may be taken has been waiting for somebody to take it.',
    dimensions: [],
  },
  'sightglass.poisoned.messages': {
    kind: 'reading',
    unit: '{message}',
    meaning: 'Messages in the poison queues.',
    dimensions: [],
  },
  'sightglass.ledger.in_flight': {
    kind: 'reading',
    unit: '{claim}',
    meaning: 'Claims held.',
    dimensions: [],
  },
  'sightglass.ledger.oldest': {
    kind: 'reading',
    unit: 's',
    meaning: 'Age of the oldest claim.',
    dimensions: [],
  },
  'sightglass.ledger.swept': {
    kind: 'counter',
    unit: '{claim}',
    meaning: 'Claims left by crashes, by what was done about them.',
    dimensions: ['sweepAction'],
  },
  'sightglass.events.lag': {
    kind: 'reading',
    unit: '{event}',
    meaning: 'Events of a partition that nobody has worked on: last enqueued minus checkpoint.',
    dimensions: ['hub', 'partition'],
  },
  'sightglass.invocations.failed': {
    kind: 'counter',
    unit: '{invocation}',
    meaning: 'Invocations that ended in an error.',
    dimensions: ['function'],
  },
  'sightglass.telemetry.made': {
    kind: 'counter',
    unit: '{record}',
    meaning: 'Records made; what arrived of them is in the tables.',
    dimensions: ['recordKind'],
  },
  'sightglass.telemetry.dropped': {
    kind: 'counter',
    unit: '{record}',
    meaning: 'Records lost before they could be sent.',
    dimensions: ['recordKind', 'dropReason'],
  },
} as const satisfies Readonly<Record<string, MetricMeaning>>;

type Metrics = typeof metrics;

export type MetricName = keyof Metrics;

type OfKind<Kind extends MetricMeaning['kind']> = {
  [Name in MetricName]: Metrics[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

export type CounterName = OfKind<'counter'>;
export type ReadingName = OfKind<'reading'>;

/** Series a process can make of a metric at most: the product of its dimensions' budgets. */
export function seriesBudgetOf(name: MetricName): number {
  const { dimensions }: MetricMeaning = metrics[name];
  return dimensions.reduce((product, dimension) => product * budgetOf(dimension), 1);
}

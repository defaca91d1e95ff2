/**
 * What telemetry may say about a thing, each name once. A name with listed values or a budget may be
 * a dimension of a metric; all others stand on events and spans only, where they cost no series.
 */

interface AttributeMeaning {
  readonly meaning: string;
  /** Closed: no other value is ever sent. */
  readonly values?: readonly string[];
  /** Open but few: past this many different values a process says `other`. */
  readonly budgetCount?: number;
}

export const attributes = {
  outcome: {
    meaning: 'How the photo ended.',
    values: ['predicted', 'rejected', 'dead', 'waiting', 'known'],
  },
  reason: { meaning: 'Why it was rejected or given up: codes of docs/events.md.', budgetCount: 60 },
  announcedBy: {
    meaning: 'Who told it: the try that made the outcome, or a later one after a crash.',
    values: ['maker', 'finisher'],
  },
  model: { meaning: 'Published name of the model.', budgetCount: 4 },
  backend: { meaning: 'What answers.', values: ['customVision', 'exportedModel'] },
  iterationId: { meaning: 'Iteration that answered, where it says so.' },
  expectedIterationId: { meaning: 'Iteration that was meant to, where another one answered.' },
  site: { meaning: 'Store, plant or region the sender named.', budgetCount: 60 },
  device: { meaning: 'Camera or phone the sender named.' },
  batch: { meaning: 'Product batch the sender named.' },
  equipmentClass: { meaning: 'Class of equipment the sender named.' },
  trigger: { meaning: 'How the photo came.', values: ['upload', 'capture', 'unknown'] },
  tag: { meaning: 'Tag that won, or none.', budgetCount: 60 },
  isUncertain: { meaning: 'Below the confidence threshold.', values: ['true', 'false'] },
  photo: { meaning: 'container/blobName of the photo.' },
  outcomeKey: { meaning: 'Key of the outcome: id of the result event, name of the document.' },
  lane: {
    meaning: 'Whose share of the quota it takes.',
    values: ['live', 'line', 'drained', 'backfill', 'shadow'],
  },
  failureClass: {
    meaning: 'Class of the failure: whose it is and what happens next.',
    values: [
      'throttled',
      'transient',
      'quotaExhausted',
      'misconfigured',
      'unfit',
      'inFlight',
      'uncommitted',
    ],
  },
  code: { meaning: 'What was seen, in the words of the service or of docs/runbook.md.' },
  answer: {
    meaning: 'What a prediction call came to.',
    values: [
      'predicted',
      'throttled',
      'transient',
      'quotaExhausted',
      'misconfigured',
      'unfit',
      'breakerOpen',
    ],
  },
  quotaMode: {
    meaning: 'How the quota is shared at present.',
    values: ['shared', 'alone', 'paused', 'exhausted', 'unlimited'],
  },
  refusedKey: {
    meaning: 'Which of the two prediction keys is refused.',
    values: ['first', 'second'],
  },
  photoState: {
    meaning: 'The single state of a stored photo.',
    values: ['done', 'review', 'deferred', 'rejected', 'dead', 'missing', 'unreadable'],
  },
  sweepAction: {
    meaning: 'What was done about work a crash left.',
    values: ['announced', 'requeued', 'failed'],
  },
  storageOperation: {
    meaning: 'Kind of storage call, as it is billed.',
    values: ['write', 'read', 'list', 'delete', 'queue'],
  },
  costKind: { meaning: 'What was paid for.', values: ['prediction', 'storage'] },
  function: { meaning: 'Name of the function, as in Azure.', budgetCount: 30 },
  hub: { meaning: 'Event hub.', budgetCount: 4 },
  partition: { meaning: 'Partition of the hub.', budgetCount: 32 },
  recordKind: {
    meaning: 'Kind of telemetry record.',
    values: ['span', 'event', 'metric', 'log', 'availability'],
  },
  dropReason: {
    meaning:
      'Why a record was lost: the ingestion endpoint refuses it for good, too many wait, the disk would not keep it (no room, no right), or it lay there for two days.',
    values: ['refused', 'queueFull', 'notKept', 'expired'],
  },
  logLevel: {
    meaning: 'Level of a line in the log.',
    values: ['debug', 'information', 'warning', 'error', 'critical'],
  },
  invocationId: { meaning: 'Id the host gave the invocation.' },
  pausedBecause: { meaning: 'Why somebody stopped all calls.' },
} as const satisfies Readonly<Record<string, AttributeMeaning>>;

export type AttributeName = keyof typeof attributes;

type Attributes = typeof attributes;

/** Those that may be dimensions of a metric. */
export type DimensionName = {
  [Name in AttributeName]: Attributes[Name] extends
    | { readonly values: readonly string[] }
    | { readonly budgetCount: number }
    ? Name
    : never;
}[AttributeName];

export type AttributeValue<Name extends AttributeName> = Attributes[Name] extends {
  readonly values: readonly (infer Value)[];
}
  ? Value
  : string;

/** Different values a dimension may have in one process, `other` included. */
export function budgetOf(name: DimensionName): number {
  const known: AttributeMeaning = attributes[name];
  return known.values?.length ?? (known.budgetCount ?? 0) + 1;
}

export function isOpen(name: DimensionName): boolean {
  return !('values' in attributes[name]);
}

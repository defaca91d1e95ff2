/** The end of a photo's way: write the outcome once, then announce it. */
import type { PhotoWork } from '../deferral/photoWork.ts';
import { PipelineError } from '../errors.ts';
import type { OutcomeAddress, RecordedOutcome } from '../ledger/outcomeStore.ts';
import type { ResultDocument } from '../results/resultDocument.ts';
import { toEvent } from '../results/resultEvent.ts';
import type { PipelineDeps } from './deps.ts';
import type { Fate } from './fate.ts';
import type { StageClock } from './stageClock.ts';
import { tellSettled } from './tellSettled.ts';

export interface Settlement {
  readonly written: ResultDocument;
  /** Where it is to lie. */
  readonly blobName: string;
  /** Absent where the outcome is about a message that named no photo. */
  readonly work: PhotoWork | undefined;
  readonly stages: StageClock;
}

/** @throws PipelineError `STORE_UNAVAILABLE`, `EVENTS_UNAVAILABLE`; a later try finishes the work. */
export async function settle(
  deps: PipelineDeps,
  { written, blobName, work, stages }: Settlement,
  signal: AbortSignal,
): Promise<Fate> {
  const recorded = await stages.time('recordMs', () =>
    recordPatiently(deps, written, blobName, signal),
  );
  const isNew = recorded.kind === 'created';
  const document = isNew ? written : recorded.document;
  const address = deps.outcomes.addressOf(blobName);
  await stages.time('publishMs', () => announce(deps, document, address));
  const { recordMs, publishMs } = stages.spent();
  const announcedBy = isNew ? 'maker' : 'finisher';
  tellSettled(deps, document, { announcedBy, work, recordMs, publishMs });
  return { kind: 'settled', document, address, isNew };
}

/** On top of the SDK's own tries: what is in memory was paid for. */
const recordPausesMs = [1_000, 2_000, 4_000];

async function recordPatiently(
  deps: PipelineDeps,
  written: ResultDocument,
  blobName: string,
  signal: AbortSignal,
): Promise<RecordedOutcome> {
  for (const pauseMs of recordPausesMs) {
    try {
      return await deps.outcomes.record(blobName, written, signal);
    } catch (error) {
      if (!(error instanceof PipelineError && error.retryable) || signal.aborted) throw error;
    }
    await deps.clock.pause(pauseMs, signal);
  }
  return deps.outcomes.record(blobName, written, signal);
}

/** Announcing twice is allowed (the id is the same); not announcing is not. */
export async function announce(
  deps: PipelineDeps,
  document: ResultDocument,
  address: OutcomeAddress,
): Promise<void> {
  await deps.events.publish(toEvent(document, address));
}

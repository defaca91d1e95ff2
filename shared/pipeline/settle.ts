/** The end of a photo's way: write the outcome once, then announce it. */
import type { OutcomeAddress } from '../ledger/outcomeStore.ts';
import type { Outcome } from '../results/outcome.ts';
import type { ResultDocument } from '../results/resultDocument.ts';
import { toEvent } from '../results/resultEvent.ts';
import { toDocument } from '../results/toDocument.ts';
import type { PipelineDeps } from './deps.ts';
import type { Fate } from './fate.ts';

/** @throws PipelineError `STORE_UNAVAILABLE`, `EVENTS_UNAVAILABLE`; a later try finishes the work. */
export async function settle(
  deps: PipelineDeps,
  outcome: Outcome,
  blobName: string,
  signal: AbortSignal,
): Promise<Fate> {
  const written = toDocument(outcome);
  const recorded = await deps.outcomes.record(blobName, written, signal);
  const isNew = recorded.kind === 'created';
  const document = isNew ? written : recorded.document;
  const address = deps.outcomes.addressOf(blobName);
  await announce(deps, document, address);
  return { kind: 'settled', document, address, isNew };
}

/** Announcing twice is allowed (the id is the same); not announcing is not. */
export async function announce(
  deps: PipelineDeps,
  document: ResultDocument,
  address: OutcomeAddress,
): Promise<void> {
  await deps.events.publish(toEvent(document, address));
}

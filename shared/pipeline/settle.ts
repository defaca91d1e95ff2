/** The end of a photo's way: write the outcome once, then announce it. */
import { type OutcomeAddress, outcomeBlobName } from '../ledger/outcomeStore.ts';
import type { Outcome } from '../results/outcome.ts';
import type { ResultDocument } from '../results/resultDocument.ts';
import { toEvent } from '../results/resultEvent.ts';
import { toDocument } from '../results/toDocument.ts';
import type { Budget, PipelineDeps } from './deps.ts';
import type { Fate } from './fate.ts';

/**
 * @param dayMs - decides the date folder; must not depend on when this runs.
 * @throws PipelineError `STORE_UNAVAILABLE`, `EVENTS_UNAVAILABLE`; a later try finishes the work.
 */
export async function settle(
  deps: PipelineDeps,
  outcome: Outcome,
  dayMs: number,
  budget: Budget,
): Promise<Fate> {
  const blobName = addressName(deps, dayMs, outcome.outcomeKey);
  const written = toDocument(outcome);
  const recorded = await deps.outcomes.record(blobName, written, budget.signal);
  const isNew = recorded.kind === 'created';
  const document = isNew ? written : recorded.document;
  return announce(deps, document, deps.outcomes.addressOf(blobName), isNew);
}

/** Announcing twice is allowed (the id is the same); not announcing is not. */
export async function announce(
  deps: PipelineDeps,
  document: ResultDocument,
  address: OutcomeAddress,
  isNew: boolean,
): Promise<Fate> {
  await deps.events.publish(toEvent(document, address));
  return { kind: 'settled', document, address, isNew };
}

export function addressName(deps: PipelineDeps, dayMs: number, outcomeKey: string): string {
  return outcomeBlobName(deps.predictor.model.publishedName, dayMs, outcomeKey);
}

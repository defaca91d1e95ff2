/**
 * Whether an outcome has been announced, as the ledger tells it without a write in the usual way: the
 * claim it was written under is gone. Only where a claim went another way (taken over, or swept while
 * its owner was slow) does the entry say so, before the claim goes.
 */

import { PipelineError } from '../errors.ts';
import type { Claim } from '../ledger/claimStore.ts';
import { type LedgerEntry, noteSurely, type SeenEntry } from '../ledger/entryStore.ts';
import type { ResultDocument } from '../results/resultDocument.ts';
import type { PipelineDeps } from './deps.ts';

/** @param claim - that was seen beside the outcome; one of somebody who only looked proves nothing. */
export function isAnnounced(
  { claimOwner }: ResultDocument,
  { announcement }: LedgerEntry,
  claim: Claim | undefined,
): boolean {
  if (announcement !== undefined) return announcement === 'made';
  return claim === undefined || (claimOwner !== undefined && claimOwner !== claim.owner);
}

/**
 * To be called before a claim goes whose owner may yet write an outcome that no claim would tell of.
 *
 * @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID`
 */
export function markUnsure(
  deps: PipelineDeps,
  outcomeKey: string,
  seen: SeenEntry,
  signal: AbortSignal,
): Promise<SeenEntry> {
  const marked = (entry: LedgerEntry): LedgerEntry =>
    entry.announcement === undefined ? { ...entry, announcement: 'unsure' } : entry;
  return noteSurely(deps.entries, outcomeKey, marked, { seen, signal });
}

/** Those still to come, by whatever road, need not announce it again. */
export async function markMade(
  deps: PipelineDeps,
  outcomeKey: string,
  { entry, tag }: SeenEntry,
  signal: AbortSignal,
): Promise<void> {
  if (entry.announcement !== 'unsure') return;
  try {
    await deps.entries.note(outcomeKey, { entry: { ...entry, announcement: 'made' }, tag }, signal);
  } catch (error) {
    // It is announced, and will be once more: that is allowed.
    if (!(error instanceof PipelineError)) throw error;
  }
}

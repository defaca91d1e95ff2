/** The port to outcomes: written once, never again. */
import type { ResultDocument } from '../results/resultDocument.ts';

/** Where an outcome lies: folders by model and day for people, the key for programs. */
export interface OutcomeAddress {
  readonly account: string;
  readonly container: string;
  readonly blobName: string;
}

export type RecordedOutcome =
  | { readonly kind: 'created' }
  /** Somebody was first: theirs is the outcome. */
  | { readonly kind: 'existed'; readonly document: ResultDocument };

export interface OutcomeStore {
  addressOf(blobName: string): OutcomeAddress;
  /** @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID` */
  find(blobName: string, signal: AbortSignal): Promise<ResultDocument | undefined>;
  /** Create-only. @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID` */
  record(blobName: string, document: ResultDocument, signal: AbortSignal): Promise<RecordedOutcome>;
  /** @throws PipelineError `STORE_UNAVAILABLE` */
  ping(signal: AbortSignal): Promise<void>;
}

/**
 * @param dayMs - when the photo was last modified, or the event enqueued: never "now", which would
 *   give a duplicate another address.
 */
export function outcomeBlobName(modelFolder: string, dayMs: number, outcomeKey: string): string {
  const day = new Date(dayMs).toISOString().slice(0, 10);
  return `${encodeURIComponent(modelFolder)}/${day}/${outcomeKey}.json`;
}

/**
 * The port to the ledger's entries: one for each outcome key, found by the key alone. It says where
 * the outcome lies, decided by whoever came first, so that a later delivery that knows less (the
 * version is gone, its date with it) finds the same place.
 */
export interface LedgerEntry {
  /** Of the outcome, in its container. */
  readonly blobName: string;
}

export type EnteredEntry =
  /** New: there is no outcome yet. */
  { readonly kind: 'created' } | { readonly kind: 'existed'; readonly entry: LedgerEntry };

export interface EntryStore {
  /** Create-only. @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID` */
  enter(outcomeKey: string, entry: LedgerEntry, signal: AbortSignal): Promise<EnteredEntry>;
}

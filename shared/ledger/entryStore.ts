/**
 * The port to the ledger's entries: one for each outcome key, found by the key alone. It says where
 * the outcome lies, decided by whoever came first, so that a later delivery that knows less (the
 * version is gone, its date with it) finds the same place.
 */
export interface LedgerEntry {
  /** Of the outcome, in its container. */
  readonly blobName: string;
  /** Set while the photo is parked: its message comes back then. Advisory; the queue has the work. */
  readonly parkedUntilMs?: number | undefined;
  /**
   * `unsure`: work on it was lost to a crash, and came back by more than one way. `made`: its outcome
   * was announced since. Absent: no crash was seen. Losing it costs a second announcement at most.
   */
  readonly announcement?: 'unsure' | 'made' | undefined;
  /** Of the latest replay after a death; its outcome has a key and an entry of its own. */
  readonly replayCount?: number | undefined;
}

export type EnteredEntry =
  /** New: there is no outcome yet. */
  { readonly kind: 'created' } | { readonly kind: 'existed'; readonly entry: LedgerEntry };

export interface EntryStore {
  /** Create-only. @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID` */
  enter(outcomeKey: string, entry: LedgerEntry, signal: AbortSignal): Promise<EnteredEntry>;
  /** @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID` */
  find(outcomeKey: string, signal: AbortSignal): Promise<LedgerEntry | undefined>;
  /**
   * Writes over an entry that was entered; its place must be the one it had.
   *
   * @throws PipelineError `STORE_UNAVAILABLE`
   */
  note(outcomeKey: string, entry: LedgerEntry, signal: AbortSignal): Promise<void>;
}

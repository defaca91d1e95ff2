/**
 * The port to the ledger's entries: one for each outcome key, found by the key alone. It says where
 * the outcome lies, decided by whoever came first, so that a later delivery that knows less (the
 * version is gone, its date with it) finds the same place.
 */
import { PipelineError } from '../errors.ts';

export interface LedgerEntry {
  /** Of the outcome, in its container. */
  readonly blobName: string;
  /** Set while the photo is parked: its message comes back then. Advisory; the queue has the work. */
  readonly parkedUntilMs?: number | undefined;
  /**
   * `unsure`: work on it was lost to a crash, and came back by more than one way. `made`: its outcome
   * was announced since. Absent: no crash was seen. It only ever goes on in that order.
   */
  readonly announcement?: 'unsure' | 'made' | undefined;
  /** Of the latest replay after a death; its outcome has a key and an entry of its own. */
  readonly replayCount?: number | undefined;
}

export interface SeenEntry {
  readonly entry: LedgerEntry;
  /** Changes whenever the entry is written: who knows it has seen the latest. */
  readonly tag: string;
}

export interface EnteredEntry extends SeenEntry {
  /** There is no outcome yet. */
  readonly isNew: boolean;
}

export interface EntryStore {
  /** Create-only. @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID` */
  enter(outcomeKey: string, entry: LedgerEntry, signal: AbortSignal): Promise<EnteredEntry>;
  /** @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID` */
  find(outcomeKey: string, signal: AbortSignal): Promise<SeenEntry | undefined>;
  /**
   * Writes over an entry as it was seen; its place must be the one it had.
   *
   * @returns `undefined` where somebody else wrote it meanwhile: theirs stays.
   * @throws PipelineError `STORE_UNAVAILABLE`
   */
  note(outcomeKey: string, changed: SeenEntry, signal: AbortSignal): Promise<SeenEntry | undefined>;
}

const maxNoteCount = 5;

/**
 * Changes an entry whoever else writes it meanwhile, and loses nothing of theirs.
 *
 * @param change - returns the very entry it was given where nothing is to be changed.
 * @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID`
 */
export async function noteSurely(
  entries: EntryStore,
  outcomeKey: string,
  change: (entry: LedgerEntry) => LedgerEntry,
  { seen, signal }: { readonly seen: SeenEntry; readonly signal: AbortSignal },
): Promise<SeenEntry> {
  let latest: SeenEntry | undefined = seen;
  for (let count = 0; latest && count < maxNoteCount; count += 1) {
    const entry = change(latest.entry);
    if (entry === latest.entry) return latest;
    const noted = await entries.note(outcomeKey, { entry, tag: latest.tag }, signal);
    if (noted) return noted;
    latest = await entries.find(outcomeKey, signal);
  }
  const details = { operation: 'note in the entry', path: outcomeKey };
  throw new PipelineError('STORE_UNAVAILABLE', 'the entry would not stay still', details);
}

/** Claims and entries in memory, under the contract of Azure's. */
import type { Claim, ClaimStore, SeenClaim } from '../../ledger/claimStore.ts';
import type { CursorStore } from '../../ledger/cursorStore.ts';
import type { EntryStore, LedgerEntry, SeenEntry } from '../../ledger/entryStore.ts';

export interface MemoryClaimStore extends ClaimStore {
  readonly claims: ReadonlyMap<string, Claim>;
}

interface KeptClaim {
  readonly claim: Claim;
  readonly tag: string;
  readonly writtenAtMs: number;
}

export function memoryClaimStore(nowMs: () => number): MemoryClaimStore {
  const kept = new Map<string, KeptClaim>();
  let writeCount = 0;
  const write = (claim: Claim) => {
    writeCount += 1;
    const tag = `"${writeCount}"`;
    kept.set(claim.outcomeKey, { claim, tag, writtenAtMs: nowMs() });
    return { claim, tag };
  };
  const seen = ({ claim, tag, writtenAtMs }: KeptClaim): SeenClaim => {
    return { claim, tag, remainingMs: claim.ttlMs - (nowMs() - writtenAtMs) };
  };
  const isLatest = (claim: Claim, tag: string) => kept.get(claim.outcomeKey)?.tag === tag;
  return {
    get claims() {
      return new Map([...kept].map(([key, { claim }]) => [key, claim]));
    },
    async take(claim) {
      const existing = kept.get(claim.outcomeKey);
      return existing
        ? { kind: 'held', seen: seen(existing) }
        : { kind: 'created', held: write(claim) };
    },
    async replace(claim, seenTag) {
      return isLatest(claim, seenTag) ? write(claim) : undefined;
    },
    async release({ claim, tag }) {
      if (isLatest(claim, tag)) kept.delete(claim.outcomeKey);
    },
    async find(outcomeKey) {
      const existing = kept.get(outcomeKey);
      return existing && seen(existing);
    },
    async *listOlderThan(ageMs) {
      // Decided at once: who lists may release while listing.
      const old = [...kept].filter(([, { writtenAtMs }]) => nowMs() - writtenAtMs >= ageMs);
      yield* old.map(([outcomeKey]) => outcomeKey);
    },
  };
}

export interface MemoryEntryStore extends EntryStore {
  readonly entries: ReadonlyMap<string, LedgerEntry>;
}

export function memoryEntryStore(): MemoryEntryStore {
  const kept = new Map<string, SeenEntry>();
  let writeCount = 0;
  const write = (outcomeKey: string, entry: LedgerEntry): SeenEntry => {
    writeCount += 1;
    const seen = { entry, tag: `"${writeCount}"` };
    kept.set(outcomeKey, seen);
    return seen;
  };
  return {
    get entries() {
      return new Map([...kept].map(([key, { entry }]) => [key, entry]));
    },
    async enter(outcomeKey, entry) {
      const existing = kept.get(outcomeKey);
      return existing
        ? { isNew: false, ...existing }
        : { isNew: true, ...write(outcomeKey, entry) };
    },
    find: async (outcomeKey) => kept.get(outcomeKey),
    note: async (outcomeKey, { entry, tag }) =>
      kept.get(outcomeKey)?.tag === tag ? write(outcomeKey, entry) : undefined,
  };
}

export function memoryCursorStore(): CursorStore {
  const cursors = new Map<string, string | undefined>();
  return {
    load: async (name) => cursors.get(name),
    save: async (name, cursor) => void cursors.set(name, cursor),
  };
}

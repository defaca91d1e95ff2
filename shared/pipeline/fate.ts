/** What became of a photo in one try: settled for good, or waiting with a reason. */
import type { PhotoWork } from '../deferral/photoWork.ts';
import type { WaitingReason } from '../deferral/waitingReason.ts';
import type { SeenEntry } from '../ledger/entryStore.ts';
import type { OutcomeAddress } from '../ledger/outcomeStore.ts';
import type { ResultDocument } from '../results/resultDocument.ts';

export type Fate =
  | {
      readonly kind: 'settled';
      readonly document: ResultDocument;
      readonly address: OutcomeAddress;
      /** False where an earlier delivery had settled it. */
      readonly isNew: boolean;
    }
  | {
      readonly kind: 'waiting';
      readonly work: PhotoWork;
      readonly failure: WaitingReason;
      /** The ledger's entry of this version, where the try came that far. */
      readonly entered?: SeenEntry & { readonly outcomeKey: string };
    };

export type WaitingFate = Extract<Fate, { readonly kind: 'waiting' }>;

/** For logs: how many photos ended how. Keys: `predicted`, `rejected`, a failure class, `known`. */
export function countFates(fates: readonly Fate[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const fate of fates) {
    const key = keyOf(fate);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function keyOf(fate: Fate): string {
  if (fate.kind === 'waiting') return fate.failure.class;
  return fate.isNew ? fate.document.outcome : 'known';
}

/**
 * The port to claims: one for each outcome that is being made. A claim is a lock with an end, and
 * the pointer to what is left to do: *an outcome without a claim has been announced*.
 */
import type { PhotoWork } from '../deferral/photoWork.ts';

export interface Claim {
  readonly outcomeKey: string;
  /** Another one each time: a process that reads it knows its own claim again. */
  readonly owner: string;
  /** Counted by storage's clock from when the claim was written or renewed. */
  readonly ttlMs: number;
  /** What has to be done again should the owner be lost. */
  readonly work: PhotoWork;
}

/** The right to make this outcome, for as long as nobody took it over. */
export interface HeldClaim {
  readonly claim: Claim;
  /** Changes whenever the claim is written: who knows it has seen the latest. */
  readonly tag: string;
}

export interface SeenClaim extends HeldClaim {
  /** Zero or less: expired. By storage's clock, so that no machine's own clock counts. */
  readonly remainingMs: number;
}

export type TakenClaim =
  | { readonly kind: 'created'; readonly held: HeldClaim }
  | { readonly kind: 'held'; readonly seen: SeenClaim };

export interface ClaimStore {
  /** Create-only. @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID` */
  take(claim: Claim, signal: AbortSignal): Promise<TakenClaim>;
  /**
   * Replaces a claim by one's own (an expired one), or by itself (renewed).
   *
   * @returns `undefined` where somebody else wrote or released it meanwhile.
   * @throws PipelineError `STORE_UNAVAILABLE`
   */
  replace(claim: Claim, seenTag: string, signal: AbortSignal): Promise<HeldClaim | undefined>;
  /** Leaves a claim alone that was written since. @throws PipelineError `STORE_UNAVAILABLE` */
  release(held: HeldClaim, signal: AbortSignal): Promise<void>;
  /** @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID` */
  find(outcomeKey: string, signal: AbortSignal): Promise<SeenClaim | undefined>;
  /** Outcome keys of claims written at least `ageMs` ago. @throws PipelineError `STORE_UNAVAILABLE` */
  listOlderThan(ageMs: number, signal: AbortSignal): AsyncIterable<string>;
}

/** A claim in the hands of this process: kept alive while work goes on, given back at its end. */

import type { PhotoWork } from '../deferral/photoWork.ts';
import { PipelineError } from '../errors.ts';
import type { HeldClaim } from '../ledger/claimStore.ts';
import type { Verdict } from './attempt.ts';
import type { PipelineDeps } from './deps.ts';

type Waiting = Extract<Verdict, { readonly kind: 'waiting' }>;

export interface Hold {
  readonly owner: string;
  /**
   * Makes sure that at least half of the claim's life lies ahead.
   *
   * @returns false where somebody took the claim over: what comes next is theirs to do.
   * @throws PipelineError `STORE_UNAVAILABLE`
   */
  keep(): Promise<boolean>;
  /** A claim that can't be released now expires: the sweep, or the next delivery, sees to it. */
  release(): Promise<void>;
}

/** @param askedAtMs - before the claim was asked for: storage counts its life from then or later. */
export function holdClaim(
  deps: PipelineDeps,
  taken: HeldClaim,
  askedAtMs: number,
  signal: AbortSignal,
): Hold {
  let held: HeldClaim | undefined = taken;
  let writtenAtMs = askedAtMs;
  return {
    owner: taken.claim.owner,
    async keep() {
      if (held === undefined) return false;
      const nowMs = deps.clock.nowMs();
      if (nowMs - writtenAtMs < deps.claimTtlMs / 2) return true;
      held = await deps.claims.replace(held.claim, held.tag, signal);
      writtenAtMs = nowMs;
      return held !== undefined;
    },
    async release() {
      if (held) await releaseQuietly(deps, held, signal);
    },
  };
}

export async function releaseQuietly(
  deps: PipelineDeps,
  held: HeldClaim,
  signal: AbortSignal,
): Promise<void> {
  try {
    await deps.claims.release(held, signal);
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
  }
}

/** @param remainingMs - of the other's claim; zero or less: it was taken over this very moment. */
export function claimHeld(work: PhotoWork, remainingMs: number): Waiting {
  const detail = 'another delivery of this photo is being worked on';
  const retryAfterMs = Math.max(0, remainingMs);
  const failure = { class: 'inFlight', code: 'CLAIM_HELD', detail, retryAfterMs } as const;
  return { kind: 'waiting', work, failure };
}

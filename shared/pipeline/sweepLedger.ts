/**
 * Finishes what crashes left: an expired claim beside an outcome is announced and released, one
 * without is requeued with the work it holds. Whatever the transport forgot, the claim has not.
 */
import { toMessages } from '../deferral/deferredPhoto.ts';
import { messageOf } from '../errors.ts';
import type { SeenClaim } from '../ledger/claimStore.ts';
import type { SeenEntry } from '../ledger/entryStore.ts';
import type { ResultDocument } from '../results/resultDocument.ts';
import { isAnnounced, markMade, markUnsure } from './announcement.ts';
import { type Budget, hasTimeLeft, type PipelineDeps } from './deps.ts';
import { releaseQuietly } from './holdClaim.ts';
import { announce } from './settle.ts';
import { tellSettled } from './tellSettled.ts';

export interface Sweep {
  readonly announcedCount: number;
  readonly requeuedCount: number;
  /** Claims that could not be seen to, with why; the next sweep tries again. */
  readonly problems: readonly string[];
}

/** `released`: what it stood for had been announced. */
type Swept = 'announced' | 'requeued' | 'released' | 'alive';

/** Claims looked at together. */
const pageCount = 100;

/** @throws PipelineError `STORE_UNAVAILABLE` where claims can't be listed. */
export async function sweepLedger(deps: PipelineDeps, budget: Budget): Promise<Sweep> {
  const swept: Swept[] = [];
  const problems: string[] = [];
  const sweepOne = async (outcomeKey: string) => {
    try {
      swept.push(await sweepClaim(deps, outcomeKey, budget.signal));
    } catch (error) {
      problems.push(`${outcomeKey}: ${messageOf(error)}`);
    }
  };
  let page: string[] = [];
  for await (const outcomeKey of deps.claims.listOlderThan(deps.claimTtlMs, budget.signal)) {
    if (!hasTimeLeft(deps.clock, budget)) break;
    if (page.push(outcomeKey) < pageCount) continue;
    await deps.mapBounded(page, sweepOne);
    page = [];
  }
  await deps.mapBounded(page, sweepOne);
  const count = (kind: Swept) => swept.filter((one) => one === kind).length;
  const counts = {
    announced: count('announced'),
    requeued: count('requeued'),
    failed: problems.length,
  };
  for (const sweepAction of ['announced', 'requeued', 'failed'] as const) {
    if (counts[sweepAction] === 0) continue;
    deps.telemetry.count('sightglass.ledger.swept', counts[sweepAction], { sweepAction });
  }
  return { announcedCount: counts.announced, requeuedCount: counts.requeued, problems };
}

async function sweepClaim(
  deps: PipelineDeps,
  outcomeKey: string,
  signal: AbortSignal,
): Promise<Swept> {
  const seen = await deps.claims.find(outcomeKey, signal);
  if (!seen || seen.remainingMs > 0) return 'alive';
  const entered = await deps.entries.find(outcomeKey, signal);
  const document = entered && (await deps.outcomes.find(entered.entry.blobName, signal));
  if (document) return finish(deps, seen, { entered, document }, signal);
  // It comes by more than one road now, and its owner may be no more than slow.
  if (entered) await markUnsure(deps, outcomeKey, entered, signal);
  await requeue(deps, seen);
  await releaseQuietly(deps, seen, signal);
  return 'requeued';
}

/** As a second delivery does: only who renews the claim announces what it stands for. */
async function finish(
  deps: PipelineDeps,
  seen: SeenClaim,
  { entered, document }: { readonly entered: SeenEntry; readonly document: ResultDocument },
  signal: AbortSignal,
): Promise<Swept> {
  if (isAnnounced(document, entered.entry, seen.claim)) {
    await releaseQuietly(deps, seen, signal);
    return 'released';
  }
  const held = await deps.claims.replace(seen.claim, seen.tag, signal);
  if (!held) return 'alive';
  await announce(deps, document, deps.outcomes.addressOf(entered.entry.blobName));
  tellSettled(deps, document, { announcedBy: 'finisher', work: seen.claim.work });
  await markMade(deps, seen.claim.outcomeKey, entered, signal);
  await releaseQuietly(deps, held, signal);
  return 'announced';
}

/** First sent, then released: a crash between the two sends it twice, which does no harm. */
async function requeue(deps: PipelineDeps, { claim: { work } }: SeenClaim): Promise<void> {
  const { deferralCount, crashCount = 0 } = work;
  const again = { ...work, deferralCount: deferralCount + 1, crashCount: crashCount + 1 };
  for (const text of toMessages([again], ['CLAIM_EXPIRED'])) await deps.deferrals.send(text, 0);
}

/**
 * Claim first, then look: whoever creates the claim and finds an outcome knows that it has been
 * announced, whoever meets a claim beside an outcome announces it, and whoever meets a claim alone
 * waits for its end or takes it over. Looking first would leave a gap in which a photo is paid twice.
 */
import type { Claim, TakenClaim } from '../ledger/claimStore.ts';
import { outcomeBlobName } from '../ledger/outcomeStore.ts';
import type { ResultDocument } from '../results/resultDocument.ts';
import type { Attempt, Verdict } from './attempt.ts';
import type { Fate } from './fate.ts';
import { claimHeld, type Hold, holdClaim, releaseQuietly } from './holdClaim.ts';
import { announce, settle } from './settle.ts';

/** What the ledger knows of an outcome: its place, and the outcome itself once there is one. */
interface Known {
  readonly blobName: string;
  readonly document: ResultDocument | undefined;
}

type Judge = (hold: Hold) => Promise<Verdict>;

/**
 * @param judge - comes to a verdict while nobody else does.
 * @throws PipelineError `STORE_UNAVAILABLE`, `EVENTS_UNAVAILABLE`, `DOCUMENT_INVALID`
 */
export async function underClaim(attempt: Attempt, judge: Judge): Promise<Fate> {
  const { deps, work, budget, stages, outcomeKey } = attempt;
  const claim = { outcomeKey, owner: deps.newId(), ttlMs: deps.claimTtlMs, work };
  const taken = await stages.time('claimMs', () => deps.claims.take(claim, budget.signal));
  const mine = taken.kind === 'created' ? holdClaim(deps, taken.held, budget.signal) : undefined;
  const known = await orRelease(mine, () => stages.time('lookupMs', () => lookUp(attempt)));
  if (known.document) return finish(attempt, taken, known.blobName, known.document);

  const hold = mine ?? (await takeOver(attempt, claim, taken));
  return hold
    ? settleVerdict(attempt, hold, known.blobName, judge)
    : claimHeld(work, taken.kind === 'held' ? taken.seen.remainingMs : 0);
}

/** Who enters the photo first decides where its outcome lies; later ones find it there. */
async function lookUp({ deps, budget, outcomeKey, dayMs }: Attempt): Promise<Known> {
  const blobName = outcomeBlobName(deps.predictor.model.publishedName, dayMs, outcomeKey);
  const entered = await deps.entries.enter(outcomeKey, { blobName }, budget.signal);
  if (entered.kind === 'created') return { blobName, document: undefined };
  const { entry } = entered;
  const document = await deps.outcomes.find(entry.blobName, budget.signal);
  return { blobName: entry.blobName, document };
}

/** An outcome without a claim has been announced; with one, perhaps not: then once more. */
async function finish(
  { deps, budget }: Attempt,
  taken: TakenClaim,
  blobName: string,
  document: ResultDocument,
): Promise<Fate> {
  const address = deps.outcomes.addressOf(blobName);
  if (taken.kind === 'held') await announce(deps, document, address);
  const claim = taken.kind === 'created' ? taken.held : taken.seen;
  await releaseQuietly(deps, claim, budget.signal);
  return { kind: 'settled', document, address, isNew: false };
}

async function takeOver(
  { deps, budget }: Attempt,
  claim: Claim,
  taken: TakenClaim,
): Promise<Hold | undefined> {
  if (taken.kind === 'created' || taken.seen.remainingMs > 0) return undefined;
  const held = await deps.claims.replace(claim, taken.seen.tag, budget.signal);
  return held && holdClaim(deps, held, budget.signal);
}

async function settleVerdict(
  { deps, work, budget, outcomeKey }: Attempt,
  hold: Hold,
  blobName: string,
  judge: Judge,
): Promise<Fate> {
  const verdict = await orRelease(hold, () => judge(hold));
  if (verdict.kind === 'waiting') {
    await hold.release();
    return { ...verdict, entry: { outcomeKey, blobName } };
  }
  if (!(await hold.keep())) return claimHeld(work, deps.claimTtlMs);
  // From here on the claim stays whatever happens: it says that something is left to announce.
  const settled = await settle(deps, verdict.outcome, blobName, budget.signal);
  await hold.release();
  return settled;
}

/** Where nothing was decided the next delivery need not wait for the claim's end. */
async function orRelease<Result>(
  hold: Hold | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    await hold?.release();
    throw error;
  }
}

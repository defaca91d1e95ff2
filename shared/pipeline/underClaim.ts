/**
 * Claim first, then look: whoever creates the claim and finds an outcome knows that it has been
 * announced, whoever meets a claim beside an outcome announces it, and whoever meets a claim alone
 * waits for its end or takes it over. Looking first would leave a gap in which a photo is paid twice.
 */
import { maxBadAnswerCount } from '../deferral/budgets.ts';
import type { PhotoWork } from '../deferral/photoWork.ts';
import { messageOf, PipelineError } from '../errors.ts';
import type { SeenClaim, TakenClaim } from '../ledger/claimStore.ts';
import type { LedgerEntry } from '../ledger/entryStore.ts';
import { outcomeBlobName } from '../ledger/outcomeStore.ts';
import type { ResultDocument } from '../results/resultDocument.ts';
import { toDocument } from '../results/toDocument.ts';
import { type Attempt, giveUp, type Verdict } from './attempt.ts';
import type { Fate } from './fate.ts';
import { claimHeld, type Hold, holdClaim, releaseQuietly } from './holdClaim.ts';
import { announce, settle } from './settle.ts';
import { tellSettled } from './tellSettled.ts';

/** What the ledger knows of an outcome: its place, and the outcome itself once there is one. */
interface Known {
  readonly entry: LedgerEntry;
  readonly document: ResultDocument | undefined;
}

type Judge = (attempt: Attempt, hold: Hold) => Promise<Verdict>;

/** A verdict whose outcome is ready to be written. */
type Ruling =
  | { readonly kind: 'decided'; readonly document: ResultDocument }
  | Extract<Verdict, { readonly kind: 'waiting' }>;

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
  if (known.document) return finish(attempt, taken, known.entry, known.document);

  if (mine) return settleRuling(attempt, mine, known.entry, judge);
  return taken.kind === 'held' && taken.seen.remainingMs <= 0
    ? takeOver(attempt, taken.seen, known.entry, judge)
    : claimHeld(work, taken.kind === 'held' ? taken.seen.remainingMs : 0);
}

/** Who enters the photo first decides where its outcome lies; later ones find it there. */
async function lookUp({ deps, budget, outcomeKey, dayMs }: Attempt): Promise<Known> {
  const blobName = outcomeBlobName(deps.predictor.model.publishedName, dayMs, outcomeKey);
  const entered = await deps.entries.enter(outcomeKey, { blobName }, budget.signal);
  if (entered.kind === 'created') return { entry: { blobName }, document: undefined };
  const { entry } = entered;
  return { entry, document: await deps.outcomes.find(entry.blobName, budget.signal) };
}

/** An outcome without a claim has been announced; where that is not sure, once more. */
async function finish(
  attempt: Attempt,
  taken: TakenClaim,
  entry: LedgerEntry,
  document: ResultDocument,
): Promise<Fate> {
  const { deps, work, budget } = attempt;
  const address = deps.outcomes.addressOf(entry.blobName);
  const mayBeUnsaid = hasOvertaken(work) || entry.announcement === 'unsure';
  const isUnsure = mayBeUnsaid && entry.announcement !== 'made';
  if (taken.kind === 'held' || isUnsure) {
    await announce(deps, document, address);
    tellSettled(deps, document, { announcedBy: 'finisher', work });
    await noteAnnounced(attempt, entry);
  }
  const claim = taken.kind === 'created' ? taken.held : taken.seen;
  await releaseQuietly(deps, claim, budget.signal);
  return { kind: 'settled', document, address, isNew: false };
}

/**
 * Such work took a claim over and gave it back with nothing settled: the owner before may have
 * written the outcome after that, and ended before announcing it, with no claim left to tell.
 */
function hasOvertaken({ crashCount = 0 }: PhotoWork): boolean {
  return crashCount > 0;
}

/** Where a crash has sent work on more than one road, those still to come need not announce again. */
async function noteAnnounced(
  { deps, work, budget, outcomeKey }: Attempt,
  entry: LedgerEntry,
): Promise<void> {
  if (!hasOvertaken(work) && entry.announcement !== 'unsure') return;
  try {
    await deps.entries.note(outcomeKey, { ...entry, announcement: 'made' }, budget.signal);
  } catch (error) {
    // It is announced, and will be once more: that is allowed.
    if (!(error instanceof PipelineError)) throw error;
  }
}

/** Its owner is lost: this try begins anew, and counts one crash more. */
async function takeOver(
  attempt: Attempt,
  seen: SeenClaim,
  entry: LedgerEntry,
  judge: Judge,
): Promise<Fate> {
  const { deps, budget, outcomeKey } = attempt;
  const { crashCount = 0 } = attempt.work;
  const crashed = Math.max(crashCount, seen.claim.work.crashCount ?? 0) + 1;
  const work = { ...attempt.work, crashCount: crashed };
  const claim = { outcomeKey, owner: deps.newId(), ttlMs: deps.claimTtlMs, work };
  const held = await deps.claims.replace(claim, seen.tag, budget.signal);
  if (!held) return claimHeld(attempt.work, 0);
  const unsure = { ...entry, announcement: 'unsure' } as const;
  // Before the claim can go: the slow owner may yet write an outcome that no claim would tell of.
  await deps.entries.note(outcomeKey, unsure, budget.signal);
  return settleRuling({ ...attempt, work }, holdClaim(deps, held, budget.signal), unsure, judge);
}

async function settleRuling(
  attempt: Attempt,
  hold: Hold,
  entry: LedgerEntry,
  judge: Judge,
): Promise<Fate> {
  const { deps, work, budget, stages, outcomeKey } = attempt;
  const ruling = await orRelease(hold, () => rule(attempt, hold, judge));
  if (ruling.kind === 'waiting') {
    await hold.release();
    const announcement = hasOvertaken(work) ? 'unsure' : entry.announcement;
    return { ...ruling, entry: { ...entry, outcomeKey, announcement } };
  }
  if (!(await hold.keep())) return claimHeld(work, deps.claimTtlMs);
  // From here on the claim stays whatever happens: it says that something is left to announce.
  const settlement = { written: ruling.document, blobName: entry.blobName, work, stages };
  const settled = await settle(deps, settlement, budget.signal);
  await noteAnnounced(attempt, entry);
  await hold.release();
  return settled;
}

/** What no part of the pipeline foresaw is about this photo: tried once more, then given up. */
async function rule(attempt: Attempt, hold: Hold, judge: Judge): Promise<Ruling> {
  try {
    return ready(await judge(attempt, hold));
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    const detail = messageOf(error).slice(0, maxDetailCharacters);
    const { work } = attempt;
    if (work.badAnswerCount >= maxBadAnswerCount) {
      return ready(giveUp(attempt, 'unexpected-error', detail));
    }
    const again = { ...work, badAnswerCount: work.badAnswerCount + 1 };
    const failure = { class: 'transient', code: 'UNEXPECTED', detail } as const;
    return { kind: 'waiting', work: again, failure };
  }
}

const maxDetailCharacters = 500;

function ready(verdict: Verdict): Ruling {
  return verdict.kind === 'waiting'
    ? verdict
    : { kind: 'decided', document: toDocument(verdict.outcome) };
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

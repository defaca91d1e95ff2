/**
 * Claim first, then look: whoever creates the claim and finds an outcome knows that it has been
 * announced, whoever meets a claim beside an outcome announces it, and whoever meets a claim alone
 * waits for its end or takes it over. Looking first would leave a gap in which a photo is paid twice.
 */
import { maxBadAnswerCount } from '../deferral/budgets.ts';
import { messageOf, PipelineError } from '../errors.ts';
import type { HeldClaim, SeenClaim, TakenClaim } from '../ledger/claimStore.ts';
import type { SeenEntry } from '../ledger/entryStore.ts';
import { outcomeBlobName } from '../ledger/outcomeStore.ts';
import type { ResultDocument } from '../results/resultDocument.ts';
import { toDocument } from '../results/toDocument.ts';
import { isAnnounced, markMade, markUnsure } from './announcement.ts';
import { type Attempt, giveUp, type Verdict } from './attempt.ts';
import type { PipelineDeps } from './deps.ts';
import type { Fate } from './fate.ts';
import { claimHeld, type Hold, holdClaim, releaseQuietly } from './holdClaim.ts';
import { announce, settle } from './settle.ts';
import { tellSettled } from './tellSettled.ts';

/** What the ledger knows of an outcome: its place, and the outcome itself once there is one. */
interface Known {
  readonly seen: SeenEntry;
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
  const askedAtMs = deps.clock.nowMs();
  const taken = await stages.time('claimMs', () => deps.claims.take(claim, budget.signal));
  const mine =
    taken.kind === 'created' ? holdClaim(deps, taken.held, askedAtMs, budget.signal) : undefined;
  const { seen, document } = await orRelease(mine, () =>
    stages.time('lookupMs', () => lookUp(attempt)),
  );
  if (document) return finish(attempt, taken, seen, document);

  if (mine) return settleRuling(attempt, mine, seen, judge);
  return taken.kind === 'held' && taken.seen.remainingMs <= 0
    ? takeOver(attempt, taken.seen, seen, judge)
    : claimHeld(work, taken.kind === 'held' ? taken.seen.remainingMs : 0);
}

/** Who enters the photo first decides where its outcome lies; later ones find it there. */
async function lookUp({ deps, budget, outcomeKey, dayMs }: Attempt): Promise<Known> {
  const blobName = outcomeBlobName(deps.predictor.model.publishedName, dayMs, outcomeKey);
  const { isNew, ...seen } = await deps.entries.enter(outcomeKey, { blobName }, budget.signal);
  if (isNew) return { seen, document: undefined };
  return { seen, document: await deps.outcomes.find(seen.entry.blobName, budget.signal) };
}

/** There is an outcome: what may be left to do is to announce it. */
async function finish(
  attempt: Attempt,
  taken: TakenClaim,
  seen: SeenEntry,
  document: ResultDocument,
): Promise<Fate> {
  const { deps, work, budget, outcomeKey } = attempt;
  const address = deps.outcomes.addressOf(seen.entry.blobName);
  const other = taken.kind === 'held' ? taken.seen : undefined;
  const isToAnnounce = !isAnnounced(document, seen.entry, other?.claim);
  const held = isToAnnounce ? await toAnnounce(deps, taken, budget.signal) : heldOf(taken);
  if (isToAnnounce && held) {
    await announce(deps, document, address);
    tellSettled(deps, document, { announcedBy: 'finisher', work });
    await markMade(deps, outcomeKey, seen, budget.signal);
  }
  if (held) await releaseQuietly(deps, held, budget.signal);
  return { kind: 'settled', document, address, isNew: false };
}

function heldOf(taken: TakenClaim): HeldClaim {
  return taken.kind === 'created' ? taken.held : taken.seen;
}

/**
 * Only who renews another's claim announces what it stands for. It stays the other's: whoever meets
 * it, should this process end here, knows it by its owner.
 *
 * @returns `undefined` where somebody has announced it since, or is about to.
 */
async function toAnnounce(
  deps: PipelineDeps,
  taken: TakenClaim,
  signal: AbortSignal,
): Promise<HeldClaim | undefined> {
  if (taken.kind === 'created') return taken.held;
  return deps.claims.replace(taken.seen.claim, taken.seen.tag, signal);
}

/** Its owner is lost: this try begins anew, and counts one crash more. */
async function takeOver(
  attempt: Attempt,
  other: SeenClaim,
  seen: SeenEntry,
  judge: Judge,
): Promise<Fate> {
  const { deps, budget, outcomeKey } = attempt;
  const { crashCount = 0 } = attempt.work;
  const crashed = Math.max(crashCount, other.claim.work.crashCount ?? 0) + 1;
  const work = { ...attempt.work, crashCount: crashed };
  const claim = { outcomeKey, owner: deps.newId(), ttlMs: deps.claimTtlMs, work };
  // Before the claim goes: the slow owner may yet write an outcome that no claim would tell of.
  const unsure = await markUnsure(deps, outcomeKey, seen, budget.signal);
  const askedAtMs = deps.clock.nowMs();
  const held = await deps.claims.replace(claim, other.tag, budget.signal);
  if (!held) return claimHeld(attempt.work, 0);
  const hold = holdClaim(deps, held, askedAtMs, budget.signal);
  return settleRuling({ ...attempt, work }, hold, unsure, judge);
}

async function settleRuling(
  attempt: Attempt,
  hold: Hold,
  seen: SeenEntry,
  judge: Judge,
): Promise<Fate> {
  const { deps, work, budget, stages, outcomeKey } = attempt;
  const ruling = await orRelease(hold, () => rule(attempt, hold, judge));
  if (ruling.kind === 'waiting') {
    await hold.release();
    return { ...ruling, entered: { ...seen, outcomeKey } };
  }
  if (!(await hold.keep())) return claimHeld(work, deps.claimTtlMs);
  // From here on the claim stays whatever happens: it says that something is left to announce.
  const written = { ...ruling.document, claimOwner: hold.owner };
  const settlement = { written, blobName: seen.entry.blobName, work, stages };
  const settled = await settle(deps, settlement, budget.signal);
  await Promise.all([markMade(deps, outcomeKey, seen, budget.signal), hold.release()]);
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

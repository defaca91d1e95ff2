/**
 * The host gave up on a message: nothing rests unseen in a poison queue. Each photo it named ends
 * in an outcome, `dead` with the reason unless it has one already, and so does a foreign message.
 */
import { deferredMessageSchema } from '../deferral/deferredPhoto.ts';
import type { PhotoWork } from '../deferral/photoWork.ts';
import { poisonedUploadSchema } from '../deferral/poisonedUpload.ts';
import { redact } from '../errors.ts';
import { messageOutcomeKey } from '../ledger/outcomeKey.ts';
import { outcomeBlobName } from '../ledger/outcomeStore.ts';
import { normalizeEtag } from '../photo/photo.ts';
import { deathAdvice } from '../results/death.ts';
import type { DeadOutcome } from '../results/outcome.ts';
import { toDocument } from '../results/toDocument.ts';
import type { Budget, PipelineDeps } from './deps.ts';
import type { Fate } from './fate.ts';
import { park } from './park.ts';
import { buryPhoto, type Death } from './processPhoto.ts';
import { settle } from './settle.ts';
import { stageClock } from './stageClock.ts';

/**
 * @param message - of the deferred queue's poison queue, parsed where it is JSON.
 * @throws PipelineError: the host shows the message again later; a poison queue has none of its own.
 */
export async function settlePoisonedMessage(
  deps: PipelineDeps,
  message: unknown,
  budget: Budget,
): Promise<Fate[]> {
  const parsed = deferredMessageSchema.safeParse(message);
  if (!parsed.success) return [await settleForeign(deps, message, budget)];
  const { photos, parkedBecause } = parsed.data;
  const detail = `parked because of ${parkedBecause.join(', ')}`;
  return bury(deps, photos, { reason: 'message-poisoned', detail }, budget);
}

/**
 * @param isUpload - whether the photo is one that the upload trigger works on at all.
 * @throws PipelineError: the host shows the message again later.
 */
export async function settlePoisonedUpload(
  deps: PipelineDeps,
  message: unknown,
  isUpload: (container: string, blobName: string) => boolean,
  budget: Budget,
): Promise<Fate[]> {
  const parsed = poisonedUploadSchema.safeParse(message);
  if (!parsed.success) return [await settleForeign(deps, message, budget)];
  const { ContainerName: container, BlobName: blobName, ETag } = parsed.data;
  if (!isUpload(container, blobName)) return [];
  const etag = ETag && normalizeEtag(ETag);
  const version = etag ? { etag } : {};
  const work = {
    photo: { account: deps.photos.account, container, blobName, ...version },
    source: { trigger: 'upload', context: {} },
    firstSeenAtMs: deps.clock.nowMs(),
    deferralCount: 0,
    badAnswerCount: 0,
  } as const;
  const detail = 'the upload event failed in the host time and again';
  return bury(deps, [work], { reason: 'upload-event-poisoned', detail }, budget);
}

/** A photo that somebody is at work on is left to them: it waits, and is looked at once more. */
async function bury(
  deps: PipelineDeps,
  works: readonly PhotoWork[],
  death: Death,
  budget: Budget,
): Promise<Fate[]> {
  const fates = await deps.mapBounded(works, (work) => buryPhoto(deps, work, death, budget));
  const waiting = fates.filter((fate) => fate.kind === 'waiting');
  await park(deps, waiting, budget.signal);
  return fates;
}

const maxDetailCharacters = 300;

/** Without a claim: the host shows the message again until this has been written and announced. */
function settleForeign(deps: PipelineDeps, message: unknown, { signal }: Budget): Promise<Fate> {
  const { model } = deps.predictor;
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  const nowMs = deps.clock.nowMs();
  const outcomeKey = messageOutcomeKey(text, model);
  const reason = 'message-not-ours';
  const outcome = {
    kind: 'dead',
    outcomeKey,
    model,
    photo: undefined,
    source: { trigger: 'unknown', context: {} },
    attempts: { deferralCount: 0, firstSeenAtMs: nowMs },
    timings: { totalMs: 0 },
    settledAtMs: nowMs,
    reason,
    message: deathAdvice[reason],
    detail: redact(text).slice(0, maxDetailCharacters),
  } as const;
  return settleEntered(deps, outcome, signal);
}

/** The day of a message is not known again when it comes again: the ledger keeps the first one's. */
async function settleEntered(
  deps: PipelineDeps,
  outcome: DeadOutcome,
  signal: AbortSignal,
): Promise<Fate> {
  const { publishedName } = outcome.model;
  const blobName = outcomeBlobName(publishedName, outcome.settledAtMs, outcome.outcomeKey);
  const { entry } = await deps.entries.enter(outcome.outcomeKey, { blobName }, signal);
  const stages = stageClock(deps.clock);
  const settlement = {
    written: toDocument(outcome),
    blobName: entry.blobName,
    work: undefined,
    stages,
  };
  return settle(deps, settlement, signal);
}

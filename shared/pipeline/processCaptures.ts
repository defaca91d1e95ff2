/** A batch of camera events: those that can't be used are settled as rejected, the rest go on. */
import type { PhotoWork } from '../deferral/photoWork.ts';
import { captureOutcomeKey } from '../ledger/outcomeKey.ts';
import { outcomeBlobName } from '../ledger/outcomeStore.ts';
import type { PhotoRef } from '../photo/photo.ts';
import { type ReadCapture, type ReceivedCapture, readCapture } from '../photo/readCapture.ts';
import { sentTraceparent } from '../photo/sentTrace.ts';
import { toDocument } from '../results/toDocument.ts';
import type { Budget, PipelineDeps } from './deps.ts';
import type { Fate } from './fate.ts';
import { processBatch } from './processBatch.ts';
import { settle } from './settle.ts';
import { stageClock } from './stageClock.ts';

/** Folder of photos that came inside camera events; uploads under it are not predicted again. */
export const inlineFolder = 'inline/';

type InlineCapture = Extract<ReadCapture, { readonly kind: 'inline' }>;
type RejectedCapture = Extract<ReadCapture, { readonly kind: 'rejected' }>;
type Prepared = { readonly work: PhotoWork } | { readonly fate: Fate };

/**
 * @throws PipelineError when an event's fate could not be made durable (storage, hub or queue away);
 *   the retry policy of the trigger then delivers the batch again.
 */
export async function processCaptures(
  deps: PipelineDeps,
  captures: readonly ReceivedCapture[],
  budget: Budget,
): Promise<Fate[]> {
  const prepared = await deps.mapBounded(captures, (capture) => prepare(deps, capture, budget));
  const works = prepared.flatMap((entry) => ('work' in entry ? [entry.work] : []));
  const settled = prepared.flatMap((entry) => ('fate' in entry ? [entry.fate] : []));
  return [...settled, ...(await processBatch(deps, works, budget))];
}

async function prepare(
  deps: PipelineDeps,
  capture: ReceivedCapture,
  budget: Budget,
): Promise<Prepared> {
  const read = readCapture(capture, deps.approved);
  switch (read.kind) {
    case 'rejected':
      return { fate: await rejectCapture(deps, capture, read, budget) };
    case 'inline':
      return { work: await storeInline(deps, capture, read, budget) };
    case 'pointer': {
      const source = { trigger: 'capture', eventId: read.eventId, context: read.context } as const;
      return { work: workOf(read.photo, source, capture, read.traceparent) };
    }
  }
}

/** Without a claim: its hub delivers the event again until this has been written and announced. */
async function rejectCapture(
  deps: PipelineDeps,
  capture: ReceivedCapture,
  { reason, message, context }: RejectedCapture,
  { signal }: Budget,
): Promise<Fate> {
  const { model } = deps.predictor;
  const settledAtMs = deps.clock.nowMs();
  const outcomeKey = captureOutcomeKey(capture.position, model);
  const outcome = {
    kind: 'rejected',
    outcomeKey,
    model,
    photo: undefined,
    source: { trigger: 'capture', eventId: capture.position, context },
    attempts: { deferralCount: 0, firstSeenAtMs: capture.enqueuedAtMs },
    timings: { totalMs: settledAtMs - capture.enqueuedAtMs },
    settledAtMs,
    traceparent: sentTraceparent(capture.properties),
    reason,
    message,
  } as const;
  const blobName = outcomeBlobName(model.publishedName, capture.enqueuedAtMs, outcomeKey);
  const written = toDocument(outcome);
  const stages = stageClock(deps.clock);
  const work = undefined;
  return settle(deps, { written, blobName, work, stages }, signal);
}

/** The name follows from the event's position: delivered again, it is the same photo. */
async function storeInline(
  deps: PipelineDeps,
  capture: ReceivedCapture,
  { contentType, context }: InlineCapture,
  budget: Budget,
): Promise<PhotoWork> {
  const day = new Date(capture.enqueuedAtMs).toISOString().slice(0, 10);
  const key = captureOutcomeKey(capture.position, deps.predictor.model);
  const ref: PhotoRef = {
    account: deps.photos.account,
    container: deps.inlineContainer,
    blobName: `${inlineFolder}${day}/${key}`,
  };
  const labels = Object.entries(context).filter(([, value]) => value !== undefined);
  const photo = { bytes: capture.body, contentType, context: Object.fromEntries(labels) };
  await deps.photos.put(ref, photo, budget.signal);
  return workOf(ref, { trigger: 'capture', eventId: capture.position, context }, capture);
}

function workOf(
  photo: PhotoWork['photo'],
  source: PhotoWork['source'],
  { enqueuedAtMs, properties }: ReceivedCapture,
  said?: string,
): PhotoWork {
  const traceparent = sentTraceparent(properties, said);
  const work = { photo, source, firstSeenAtMs: enqueuedAtMs, deferralCount: 0, badAnswerCount: 0 };
  return traceparent === undefined ? work : { ...work, traceparent };
}

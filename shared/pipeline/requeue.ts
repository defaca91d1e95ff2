/** Puts stored photos to work that no event will bring any more, and notes that they are on their way. */
import { toMessages } from '../deferral/deferredPhoto.ts';
import type { PhotoWork } from '../deferral/photoWork.ts';
import { outcomeBlobName } from '../ledger/outcomeStore.ts';
import type { Lane } from '../quota/lanes.ts';
import type { PipelineDeps } from './deps.ts';
import type { KnownPhoto } from './photoState.ts';
import { inlineFolder } from './processCaptures.ts';

export interface RequeueReason {
  /** A code, for people who look into the queue. */
  readonly because: string;
  /** Whose share of the quota the photos take; absent: by how they came. */
  readonly lane?: Lane | undefined;
}

/**
 * First sent, then noted: a crash between the two sends it twice, which does no harm.
 *
 * @throws PipelineError `QUEUE_UNAVAILABLE`, `STORE_UNAVAILABLE`
 */
export async function requeue(
  deps: PipelineDeps,
  photos: readonly KnownPhoto[],
  { because, lane }: RequeueReason,
  signal: AbortSignal,
): Promise<void> {
  if (photos.length === 0) return;
  const works = photos.map((photo) => ({
    ...workOf(photo, deps.clock.nowMs()),
    ...(lane && { lane }),
  }));
  for (const text of toMessages(works, [because])) await deps.deferrals.send(text, 0);
  await deps.mapBounded(photos, (photo) => noteOnItsWay(deps, photo, signal));
}

function workOf({ version, replayCount }: KnownPhoto, firstSeenAtMs: number): PhotoWork {
  const { account, container, blobName, etag, lastModifiedAtMs } = version;
  const trigger = blobName.startsWith(inlineFolder) ? 'capture' : 'upload';
  return {
    photo: { account, container, blobName, etag, lastModifiedAtMs },
    source: { trigger, context: {} },
    firstSeenAtMs,
    deferralCount: 0,
    badAnswerCount: 0,
    ...(replayCount > 0 && { replayCount }),
  };
}

async function noteOnItsWay(
  deps: PipelineDeps,
  { version, outcomeKey, entry }: KnownPhoto,
  signal: AbortSignal,
): Promise<void> {
  const { publishedName } = deps.predictor.model;
  const parkedUntilMs = deps.clock.nowMs();
  const blobName = outcomeBlobName(publishedName, version.lastModifiedAtMs, outcomeKey);
  const noted = { blobName, ...entry, parkedUntilMs };
  const { isNew, ...seen } = await deps.entries.enter(outcomeKey, noted, signal);
  if (isNew) return;
  // Somebody who wrote it meanwhile is at the photo.
  await deps.entries.note(outcomeKey, { ...seen, entry: { ...seen.entry, parkedUntilMs } }, signal);
}

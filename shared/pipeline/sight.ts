/** The first step of a try: open the photo's headers, and say which version the try is about. */
import type { PhotoWork } from '../deferral/photoWork.ts';
import type { WaitingReason } from '../deferral/waitingReason.ts';
import { blobNameProblem } from '../photo/blobName.ts';
import { captureContextOf } from '../photo/captureContext.ts';
import { type CaptureContext, normalizeEtag, type PhotoVersion } from '../photo/photo.ts';
import type { RejectionReason } from '../results/rejection.ts';
import { type Attempt, pinned, subjectOf } from './attempt.ts';
import type { Budget, PipelineDeps } from './deps.ts';
import { stageClock } from './stageClock.ts';

export type Sighting =
  | { readonly kind: 'version'; readonly attempt: Attempt; readonly version: PhotoVersion }
  | { readonly kind: 'turnedAway'; readonly attempt: Attempt; readonly reason: RejectionReason }
  /** Nothing is in it yet: a writer that creates first and fills later, or a broken upload. */
  | { readonly kind: 'uncommitted'; readonly failure: WaitingReason };

/**
 * Long enough for a writer to fill what it created. An empty photo is looked at once more after
 * this; by then it is another version, or was empty for good. It is not pinned meanwhile.
 */
const commitWaitMs = 10_000;

const uncommitted: Sighting = {
  kind: 'uncommitted',
  failure: {
    class: 'uncommitted',
    code: 'PHOTO_UNCOMMITTED',
    detail: 'the photo has no content yet',
    retryAfterMs: commitWaitMs,
  },
};

/** @throws PipelineError `STORE_UNAVAILABLE` */
export async function sight(
  deps: PipelineDeps,
  work: PhotoWork,
  budget: Budget,
): Promise<Sighting> {
  const start = { deps, work, budget, stages: stageClock(deps.clock) };
  const nameProblem = blobNameProblem(work.photo.blobName);
  if (nameProblem) return { kind: 'turnedAway', attempt: subjectOf(start), reason: nameProblem };

  const opened = await start.stages.time('openMs', () =>
    deps.photos.open(work.photo, budget.signal),
  );
  if (opened.kind === 'missing') {
    return { kind: 'turnedAway', attempt: subjectOf(start), reason: 'photo-missing' };
  }
  if (opened.version.contentLengthBytes === 0 && work.deferralCount === 0) return uncommitted;
  const context = mergeContext(work.source.context, captureContextOf(opened.context));
  const known = { ...start, work: { ...work, source: { ...work.source, context } } };
  const { etag } = work.photo;
  return etag !== undefined && normalizeEtag(etag) !== opened.version.etag
    ? { kind: 'turnedAway', attempt: subjectOf(known), reason: 'photo-overwritten' }
    : { kind: 'version', attempt: pinned(known, opened.version), version: opened.version };
}

/** What the event said holds; blob metadata fills the gaps. */
function mergeContext(said: CaptureContext, stored: CaptureContext): CaptureContext {
  const present = Object.entries(said).filter(([, value]) => value !== undefined);
  return { ...stored, ...Object.fromEntries(present) };
}

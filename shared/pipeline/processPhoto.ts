/**
 * The way of one photo: open, claim, look up, read, check, predict, settle. It answers with a fate;
 * what it throws (storage or hub away) means "nothing was decided, try again".
 */
import type { PhotoWork } from '../deferral/photoWork.ts';
import { blobNameProblem } from '../photo/blobName.ts';
import { captureContextOf } from '../photo/captureContext.ts';
import { type CaptureContext, normalizeEtag, type PhotoVersion } from '../photo/photo.ts';
import type { RejectionReason } from '../results/rejection.ts';
import { type Attempt, pinned, subjectOf, turnAway } from './attempt.ts';
import type { Budget, PipelineDeps } from './deps.ts';
import type { Fate } from './fate.ts';
import { judgeVersion } from './judgeVersion.ts';
import { stageClock } from './stageClock.ts';
import { underClaim } from './underClaim.ts';

/** What opening came to: a version to be judged, or a reason to turn the photo away. */
type Sighting =
  | { readonly attempt: Attempt; readonly version: PhotoVersion }
  | { readonly attempt: Attempt; readonly reason: RejectionReason };

/** @throws PipelineError `STORE_UNAVAILABLE`, `EVENTS_UNAVAILABLE`, `DOCUMENT_INVALID` */
export async function processPhoto(
  deps: PipelineDeps,
  work: PhotoWork,
  budget: Budget,
): Promise<Fate> {
  const sighting = await sight(deps, work, budget);
  const { attempt } = sighting;
  return underClaim(attempt, async (hold) =>
    'version' in sighting
      ? judgeVersion(attempt, sighting.version, hold)
      : turnAway(attempt, sighting.reason),
  );
}

async function sight(deps: PipelineDeps, work: PhotoWork, budget: Budget): Promise<Sighting> {
  const start = { deps, work, budget, stages: stageClock(deps.clock) };
  const nameProblem = blobNameProblem(work.photo.blobName);
  if (nameProblem) return { attempt: subjectOf(start), reason: nameProblem };

  const opened = await start.stages.time('openMs', () =>
    deps.photos.open(work.photo, budget.signal),
  );
  if (opened.kind === 'missing') return { attempt: subjectOf(start), reason: 'photo-missing' };
  const context = mergeContext(work.source.context, captureContextOf(opened.context));
  const known = { ...start, work: { ...work, source: { ...work.source, context } } };
  const { etag } = work.photo;
  return etag !== undefined && normalizeEtag(etag) !== opened.version.etag
    ? { attempt: subjectOf(known), reason: 'photo-overwritten' }
    : { attempt: pinned(known, opened.version), version: opened.version };
}

/** What the event said holds; blob metadata fills the gaps. */
function mergeContext(said: CaptureContext, stored: CaptureContext): CaptureContext {
  const present = Object.entries(said).filter(([, value]) => value !== undefined);
  return { ...stored, ...Object.fromEntries(present) };
}

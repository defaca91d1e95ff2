/**
 * The way of one photo: open, claim, look up, read, check, predict, settle. It answers with a fate;
 * what it throws (storage or hub away) means "nothing was decided, try again".
 */
import type { PhotoWork } from '../deferral/photoWork.ts';
import type { DeathReason } from '../results/death.ts';
import { giveUp, turnAway } from './attempt.ts';
import type { Budget, PipelineDeps } from './deps.ts';
import type { Fate } from './fate.ts';
import { inTrace } from './inTrace.ts';
import { judgeVersion } from './judgeVersion.ts';
import { sight } from './sight.ts';
import { underClaim } from './underClaim.ts';

/** @throws PipelineError `STORE_UNAVAILABLE`, `EVENTS_UNAVAILABLE`, `DOCUMENT_INVALID` */
export function processPhoto(deps: PipelineDeps, work: PhotoWork, budget: Budget): Promise<Fate> {
  return inTrace(deps, work, (traced) => tryOnce(deps, traced, budget));
}

async function tryOnce(deps: PipelineDeps, work: PhotoWork, budget: Budget): Promise<Fate> {
  const sighting = await sight(deps, work, budget);
  if (sighting.kind === 'uncommitted') return { kind: 'waiting', work, failure: sighting.failure };
  return underClaim(sighting.attempt, async (attempt, hold) =>
    sighting.kind === 'version'
      ? judgeVersion(attempt, sighting.version, hold)
      : turnAway(attempt, sighting.reason),
  );
}

export interface Death {
  readonly reason: DeathReason;
  /** One line, safe to log. */
  readonly detail: string;
}

/**
 * The same way for a photo that others gave up: unless it has an outcome it ends in one now.
 *
 * @throws PipelineError `STORE_UNAVAILABLE`, `EVENTS_UNAVAILABLE`, `DOCUMENT_INVALID`
 */
export function buryPhoto(
  deps: PipelineDeps,
  work: PhotoWork,
  death: Death,
  budget: Budget,
): Promise<Fate> {
  return inTrace(deps, work, (traced) => buryOnce(deps, traced, death, budget));
}

async function buryOnce(
  deps: PipelineDeps,
  work: PhotoWork,
  death: Death,
  budget: Budget,
): Promise<Fate> {
  // It has been waited for long enough, whatever its length.
  const known = { ...work, deferralCount: Math.max(1, work.deferralCount) };
  const sighting = await sight(deps, known, budget);
  if (sighting.kind === 'uncommitted') return { kind: 'waiting', work, failure: sighting.failure };
  return underClaim(sighting.attempt, async (attempt) =>
    sighting.kind === 'version'
      ? giveUp(attempt, death.reason, death.detail, sighting.version)
      : turnAway(attempt, sighting.reason),
  );
}

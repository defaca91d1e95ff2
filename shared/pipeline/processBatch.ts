/**
 * Many photos in one invocation. Every photo's fate is durable when this resolves: settled, or
 * parked on the deferred queue. It throws only when parking failed, so that the host delivers again.
 */

import type { PhotoWork } from '../deferral/photoWork.ts';
import type { WaitingReason } from '../deferral/waitingReason.ts';
import { messageOf, PipelineError } from '../errors.ts';
import { type Budget, hasTimeLeft, type PipelineDeps } from './deps.ts';
import type { Fate, WaitingFate } from './fate.ts';
import { park } from './park.ts';
import { processPhoto } from './processPhoto.ts';

/** @throws PipelineError `QUEUE_UNAVAILABLE` when photos could not be parked. */
export async function processBatch(
  deps: PipelineDeps,
  works: readonly PhotoWork[],
  budget: Budget,
): Promise<Fate[]> {
  let throttle: WaitingReason | undefined;
  const fates = await deps.mapBounded(works, async (work): Promise<Fate> => {
    // The endpoint has said that it is too much: asking for the rest would only be refused as well.
    if (throttle) return { kind: 'waiting', work, failure: throttle };
    const fate = await tryPhoto(deps, work, budget);
    if (isWaiting(fate) && isAboutAll(fate.failure)) throttle = fate.failure;
    return fate;
  });
  await park(deps, fates.filter(isWaiting), budget.signal);
  return fates;
}

/** What the endpoint says to any photo: the quota is used up, or the breaker is open. */
function isAboutAll({ class: failureClass, code }: WaitingReason): boolean {
  return (
    failureClass === 'throttled' || failureClass === 'quotaExhausted' || code === 'BREAKER_OPEN'
  );
}

function isWaiting(fate: Fate): fate is WaitingFate {
  return fate.kind === 'waiting';
}

/** One photo's trouble never becomes another's: whatever is thrown makes this photo wait. */
async function tryPhoto(deps: PipelineDeps, work: PhotoWork, budget: Budget): Promise<Fate> {
  if (!hasTimeLeft(deps.clock, budget)) {
    return waiting(work, 'NO_TIME_LEFT', 'the invocation has no time left for this photo');
  }
  try {
    return await processPhoto(deps, work, budget);
  } catch (error) {
    return error instanceof PipelineError
      ? waiting(work, error.code, error.reason)
      : waiting(work, 'UNEXPECTED', messageOf(error));
  }
}

function waiting(work: PhotoWork, code: string, detail: string): Fate {
  return { kind: 'waiting', work, failure: { class: 'transient', code, detail } };
}

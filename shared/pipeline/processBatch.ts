/**
 * Many photos in one invocation. Every photo's fate is durable when this resolves: settled, or
 * parked on the deferred queue. It throws only when parking failed, so that the host delivers again.
 */

import { toMessages } from '../deferral/deferredPhoto.ts';
import { deferralDelayMs } from '../deferral/delay.ts';
import type { PhotoWork } from '../deferral/photoWork.ts';
import type { WaitingReason } from '../deferral/waitingReason.ts';
import { messageOf, PipelineError } from '../errors.ts';
import type { Budget, PipelineDeps } from './deps.ts';
import type { Fate } from './fate.ts';
import { processPhoto } from './processPhoto.ts';

type Waiting = Extract<Fate, { readonly kind: 'waiting' }>;

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
    if (isWaiting(fate) && isAboutQuota(fate.failure)) throttle = fate.failure;
    return fate;
  });
  await park(deps, fates.filter(isWaiting));
  return fates;
}

function isAboutQuota(failure: WaitingReason): boolean {
  return failure.class === 'throttled' || failure.class === 'quotaExhausted';
}

function isWaiting(fate: Fate): fate is Waiting {
  return fate.kind === 'waiting';
}

/** One photo's trouble never becomes another's: whatever is thrown makes this photo wait. */
async function tryPhoto(deps: PipelineDeps, work: PhotoWork, budget: Budget): Promise<Fate> {
  if (deps.clock.nowMs() >= budget.startUntilMs) {
    return waiting(work, 'NO_TIME_LEFT', 'the invocation has no time left for this photo');
  }
  try {
    return await processPhoto(deps, work, budget);
  } catch (error) {
    const code = error instanceof PipelineError ? error.code : 'UNEXPECTED';
    return waiting(work, code, messageOf(error));
  }
}

function waiting(work: PhotoWork, code: string, detail: string): Fate {
  return { kind: 'waiting', work, failure: { class: 'transient', code, detail } };
}

/**
 * Photos that wait for the same kind of reason wait together, as long as the longest of them. The
 * jitter is drawn once for all: the longest of many draws would be no jitter any more.
 */
async function park(deps: PipelineDeps, fates: readonly Waiting[]): Promise<void> {
  const groups = Map.groupBy(fates, ({ failure }) => failure.class);
  for (const group of groups.values()) {
    const drawn = deps.random();
    const delaysMs = group.map(({ failure, work }) =>
      deferralDelayMs(failure, work.deferralCount + 1, () => drawn),
    );
    const codes = [...new Set(group.map(({ failure }) => failure.code))];
    for (const text of toMessages(group.map(deferred), codes)) {
      await deps.deferrals.send(text, Math.max(...delaysMs));
    }
  }
}

function deferred({ work }: Waiting): PhotoWork {
  return { ...work, deferralCount: work.deferralCount + 1 };
}

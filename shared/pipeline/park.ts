/** Photos that can't be settled now wait on the deferred queue; nothing is kept in memory. */
import { toMessages } from '../deferral/deferredPhoto.ts';
import { deferralDelayMs } from '../deferral/delay.ts';
import type { PhotoWork } from '../deferral/photoWork.ts';
import { PipelineError } from '../errors.ts';
import type { PipelineDeps } from './deps.ts';
import type { WaitingFate } from './fate.ts';
import { tellParked } from './tellWaiting.ts';

/**
 * Photos that wait for the same kind of reason wait together, as long as the longest of them. The
 * jitter is drawn once for all: the longest of many draws would be no jitter any more.
 *
 * @throws PipelineError `QUEUE_UNAVAILABLE`: what was not parked has no other place.
 */
export async function park(
  deps: PipelineDeps,
  fates: readonly WaitingFate[],
  signal: AbortSignal,
): Promise<void> {
  const groups = Map.groupBy(fates, ({ failure }) => failure.class);
  for (const group of groups.values()) {
    const drawn = deps.random();
    const delaysMs = group.map(({ failure, work }) =>
      deferralDelayMs(failure, work.deferralCount + 1, () => drawn),
    );
    const delayMs = Math.max(...delaysMs);
    const codes = [...new Set(group.map(({ failure }) => failure.code))];
    const parkedUntilMs = deps.clock.nowMs() + delayMs;
    for (const text of toMessages(group.map(deferred), codes, parkedUntilMs)) {
      await deps.deferrals.send(text, delayMs);
    }
    for (const fate of group) tellParked(deps, fate, delayMs);
    await deps.mapBounded(group, (fate) => note(deps, fate, parkedUntilMs, signal));
  }
}

function deferred({ work }: WaitingFate): PhotoWork {
  return { ...work, deferralCount: work.deferralCount + 1 };
}

/** For the reconciliation only: without it, it would send a second message, which does no harm. */
async function note(
  deps: PipelineDeps,
  { entered }: WaitingFate,
  parkedUntilMs: number,
  signal: AbortSignal,
): Promise<void> {
  if (!entered) return;
  const { outcomeKey, entry, tag } = entered;
  try {
    await deps.entries.note(outcomeKey, { entry: { ...entry, parkedUntilMs }, tag }, signal);
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
  }
}

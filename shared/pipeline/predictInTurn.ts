/** Asks the endpoint when it is this photo's turn: each call has a slot of the shared quota. */

import type { PredictionAnswer } from '../prediction/predictor.ts';
import type { SlotAnswer } from '../quota/keeper.ts';
import type { CallOutcome } from '../quota/slotKeeper.ts';
import { turnAfterRefusal } from '../quota/turn.ts';
import type { Attempt } from './attempt.ts';
import type { Budget, Clock } from './deps.ts';
import type { Hold } from './holdClaim.ts';
import { laneOf } from './laneOf.ts';
import { tellCall } from './tellWaiting.ts';

/**
 * A refused call keeps its place and takes a new slot, until the wait budget is spent: then the
 * answer is that the photo has to wait outside.
 *
 * @returns a word where no call went out: the claim is somebody else's, or the process is to end.
 */
export async function predictInTurn(attempt: Attempt, bytes: Buffer, hold: Hold): Promise<Called> {
  const { deps, work, budget, stages } = attempt;
  const { clock, quota, predictor, random } = deps;
  // An open breaker answers by itself, or lets its one probe through: neither is worth a slot.
  if (predictor.gate?.state().open) return call(attempt, bytes, hold);
  const sinceMs = clock.nowMs();
  const deadlineMs = Math.min(sinceMs + quota.waitBudgetMs, budget.startUntilMs);
  const wish = { lane: laneOf(work), sinceMs, deadlineMs, signal: eitherOf(budget) };
  for (let notBeforeMs = sinceMs; ; ) {
    const turn = await stages.time('slotMs', () => quota.acquire({ ...wish, notBeforeMs }));
    if (turn.kind === 'parkUntil') return isStopping(budget) ? 'stopping' : noTurn(turn, clock);
    const answer = await call(attempt, bytes, hold);
    if (typeof answer === 'string') return answer;
    quota.report(turn.slot, outcomeOf(answer));
    if (answer.kind === 'predicted' || answer.failure.class !== 'throttled') return answer;
    const { retryAfterMs } = answer.failure;
    const next = turnAfterRefusal(retryAfterMs, clock.nowMs(), deadlineMs, random);
    if (next.kind === 'park') return answer;
    notBeforeMs = next.atMs;
  }
}

type Called = PredictionAnswer | 'claimLost' | 'stopping';

async function call(attempt: Attempt, bytes: Buffer, hold: Hold): Promise<Called> {
  const { deps, budget, stages } = attempt;
  if (isStopping(budget)) return 'stopping';
  if (!(await hold.keep())) return 'claimLost';
  const answer = await stages.time('predictMs', () => deps.predictor.predict(bytes, budget.signal));
  tellCall(deps, attempt.work, answer);
  return answer;
}

function isStopping({ stopping }: Budget): boolean {
  return stopping?.aborted === true;
}

function eitherOf({ signal, stopping }: Budget): AbortSignal {
  return stopping ? AbortSignal.any([signal, stopping]) : signal;
}

function outcomeOf(answer: PredictionAnswer): CallOutcome {
  if (answer.kind === 'predicted') return { kind: 'accepted' };
  const { failure } = answer;
  switch (failure.class) {
    case 'throttled':
      return { kind: 'refused' };
    case 'quotaExhausted':
      return { kind: 'exhausted', retryAfterMs: failure.retryAfterMs };
    case 'unfit':
      return { kind: 'accepted' };
    case 'transient':
    case 'misconfigured':
      return { kind: 'other' };
  }
}

function noTurn(
  { code, detail, atMs }: Extract<SlotAnswer, { readonly kind: 'parkUntil' }>,
  clock: Clock,
): PredictionAnswer {
  const failureClass = code === 'QUOTA_EXHAUSTED' ? 'quotaExhausted' : 'throttled';
  const retryAfterMs = Math.max(0, atMs - clock.nowMs());
  return { kind: 'failed', failure: { class: failureClass, code, detail, retryAfterMs } };
}

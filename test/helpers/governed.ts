/** One process with a governor over a store that can be away, on a clock moved by hand. */
import { memoryQuotaStore } from '../../shared/adapters/memory/memoryQuotaStore.ts';
import { PipelineError } from '../../shared/errors.ts';
import { type Governor, type GovernorOptions, governor } from '../../shared/quota/governor.ts';
import type { SlotAnswer } from '../../shared/quota/keeper.ts';
import type { Lane } from '../../shared/quota/lanes.ts';
import { readState } from '../../shared/quota/quotaState.ts';
import type { QuotaStore } from '../../shared/quota/quotaStore.ts';
import type { Slot } from '../../shared/quota/reserve.ts';
import { even, manualClock, noonMs } from './quota.ts';

const never = new AbortController().signal;

export function oneProcess(change: Partial<GovernorOptions> = {}) {
  const clock = manualClock();
  const memory = memoryQuotaStore(clock.nowMs);
  let awayCallCount = 0;
  const isAway = () => {
    awayCallCount -= 1;
    return awayCallCount >= 0;
  };
  const store: QuotaStore = {
    path: memory.path,
    get: () => (isAway() ? away() : memory.get()),
    compareAndSwap: (text, etag) => (isAway() ? away() : memory.compareAndSwap(text, etag)),
  };
  const options: GovernorOptions = {
    limits: even,
    store,
    waitBudgetMs: 20_000,
    pausedBecause: undefined,
    random: () => 0.5,
    ...clock,
    ...change,
  };
  const process = governor(options);
  const asked = asking(process, clock.nowMs);
  const state = async () => readState((await memory.get()).found?.text ?? '');
  /** @param callCount - of calls that fail before it is back by itself. */
  const setAway = (value: boolean, callCount = Number.POSITIVE_INFINITY) => {
    awayCallCount = value ? callCount : 0;
  };
  return { clock, process, options, store, memory, state, setAway, ...asked };
}

function away(): Promise<never> {
  const details = { operation: 'read quota', path: 'x' };
  return Promise.reject(new PipelineError('STORE_UNAVAILABLE', 'x', details));
}

/** Answers as they come, with the time they came at, relative to noon. */
export function asking(process: Governor, nowMs: () => number) {
  const answers: { name: string; atMs: number; answer: SlotAnswer }[] = [];
  const ask = (
    name: string,
    lane: Lane = 'live',
    change: { waitMs?: number; signal?: AbortSignal; notBeforeMs?: number; sinceMs?: number } = {},
  ) => {
    const { waitMs = 20_000, signal = never, notBeforeMs = nowMs(), sinceMs = nowMs() } = change;
    const wish = { lane, sinceMs, notBeforeMs, deadlineMs: sinceMs + waitMs, signal };
    void process
      .acquire(wish)
      .then((answer) => answers.push({ name, atMs: Math.round(nowMs() - noonMs), answer }));
  };
  const slots = (): Slot[] =>
    answers.flatMap(({ answer }) => (answer.kind === 'slot' ? [answer.slot] : []));
  return { answers, ask, slots };
}

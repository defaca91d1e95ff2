/**
 * The governor of one process: whoever wants to call the endpoint asks here first and waits for a
 * slot. The promises and storage around the keeper, which does the thinking.
 */
import { type DrainEstimate, drainEstimate } from './drainEstimate.ts';
import type { Cancel, KeeperWorld, SlotAnswer } from './keeper.ts';
import type { Lane, PerLane } from './lanes.ts';
import type { QuotaLimits } from './limits.ts';
import type { QuotaStats } from './quotaStats.ts';
import type { QuotaStore } from './quotaStore.ts';
import type { Slot } from './reserve.ts';
import { type CallOutcome, slotKeeper } from './slotKeeper.ts';

export interface SlotWish {
  readonly lane: Lane;
  /** When the photo first asked: after a refusal it takes its old place. */
  readonly sinceMs: number;
  /** The endpoint has asked it to wait until then. */
  readonly notBeforeMs: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

export interface Governor {
  /** How long a photo may wait here for its slot. */
  readonly waitBudgetMs: number;
  /** Resolves when the slot's time has come: call at once, once, and report. It does not throw. */
  acquire(wish: SlotWish): Promise<SlotAnswer>;
  report(slot: Slot, outcome: CallOutcome): void;
  stats(): QuotaStats;
  /** @param queued - photos that wait anywhere, by lane. */
  timeToDrain(queued: Partial<PerLane>): DrainEstimate;
  /** No more slots; those held are let go. */
  stop(): void;
}

export interface GovernorOptions {
  readonly limits: QuotaLimits;
  readonly store: QuotaStore;
  readonly waitBudgetMs: number;
  /** Why no call goes out from this app; `undefined` where calls do. */
  readonly pausedBecause: string | undefined;
  readonly nowMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly after: (delayMs: number, run: () => void) => Cancel;
}

/** While somebody has paused the app: looked at again about every minute. */
const pausedMs = 60_000;

export function governor(options: GovernorOptions): Governor {
  const { limits, waitBudgetMs, pausedBecause, nowMs } = options;
  const keeper = slotKeeper(limits, worldOf(options));
  const stats = () => {
    const seen = keeper.stats();
    return pausedBecause === undefined
      ? seen
      : ({ ...seen, mode: 'paused', pausedBecause } as const);
  };
  return {
    waitBudgetMs,
    async acquire({ signal, ...ticket }) {
      if (pausedBecause !== undefined) return pausedAnswer(options, pausedBecause);
      const { promise, resolve } = Promise.withResolvers<SlotAnswer>();
      const leave = keeper.ask(ticket, resolve);
      if (signal.aborted) leave();
      signal.addEventListener('abort', leave, { once: true });
      const answer = await promise;
      signal.removeEventListener('abort', leave);
      return answer;
    },
    report: (slot, outcome) => keeper.report(slot, outcome),
    stats,
    timeToDrain: (queued) => drainEstimate(stats(), limits.weights, queued, nowMs()),
    stop: () => keeper.stop(),
  };
}

function pausedAnswer({ nowMs, random }: GovernorOptions, reason: string): SlotAnswer {
  const atMs = nowMs() + pausedMs * (0.5 + random());
  const detail = `calls are paused: ${reason}`;
  return { kind: 'parkUntil', atMs, code: 'QUOTA_PAUSED', detail };
}

function worldOf({ store, nowMs, random, after }: GovernorOptions): KeeperWorld {
  return {
    nowMs,
    random,
    after,
    read: (done) => void tell(store.get(), done),
    swap: (text, etag, done) => void tell(store.compareAndSwap(text, etag), done),
  };
}

async function tell<Answer>(
  asking: Promise<Answer>,
  done: (answer: Answer | undefined) => void,
): Promise<void> {
  // The keeper knows what to do without the store; why it is away is the store's business.
  const [settled] = await Promise.allSettled([asking]);
  done(settled.status === 'fulfilled' ? settled.value : undefined);
}

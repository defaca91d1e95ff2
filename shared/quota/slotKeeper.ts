/** The keeper's face: ask for a slot, tell what became of it, look at it, stop it. */
import { storeAway } from './alone.ts';
import { counted } from './correction.ts';
import {
  busyAnswer,
  type Cancel,
  type Keeper,
  type KeeperWorld,
  newKeeper,
  parkAll,
  type SlotAnswer,
  storeNowMs,
  type Waiting,
} from './keeper.ts';
import type { QuotaLimits } from './limits.ts';
import { monthEndMs } from './quotaState.ts';
import { type QuotaStats, statsOf } from './quotaStats.ts';
import type { Slot } from './reserve.ts';
import { ensureSlots } from './reserving.ts';
import type { Ticket } from './waitingLine.ts';

/** What became of the call that a slot was used for. */
export type CallOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused' }
  /** The month is spent, says the service. */
  | { readonly kind: 'exhausted'; readonly retryAfterMs: number | undefined }
  /** Says nothing about the quota. */
  | { readonly kind: 'other' };

export interface SlotKeeper {
  /** @param settle - called once, when the slot's time has come or the deadline has passed. */
  ask(request: Ticket, settle: (answer: SlotAnswer) => void): Cancel;
  report(slot: Slot, outcome: CallOutcome): void;
  stats(): QuotaStats;
  /** No more slots; those held are let go. */
  stop(): void;
}

export function slotKeeper(limits: QuotaLimits, world: KeeperWorld): SlotKeeper {
  const keeper = newKeeper(limits, world);
  return {
    ask: (request, settle) => ask(keeper, request, settle),
    report: (slot, outcome) => report(keeper, slot, outcome),
    stats: () => statsOf(keeper),
    stop() {
      keeper.isStopped = true;
      keeper.cancelWake();
      parkAll(keeper, stoppingAnswer(world), 0);
    },
  };
}

function ask(keeper: Keeper, request: Ticket, settle: Waiting['settle']): Cancel {
  const { world, line } = keeper;
  if (keeper.isStopped) {
    settle(stoppingAnswer(world));
    return () => {};
  }
  const park = () => {
    if (line.remove(entry)) entry.settle(busyAnswer(keeper, request));
  };
  const cancelDeadline = world.after(Math.max(0, request.deadlineMs - world.nowMs()), park);
  const entry: Waiting = {
    ...request,
    settle(answer) {
      cancelDeadline();
      settle(answer);
    },
  };
  line.add(entry);
  ensureSlots(keeper, storeAway);
  return park;
}

function report(keeper: Keeper, { generation }: Slot, outcome: CallOutcome): void {
  if (outcome.kind === 'other') return;
  if (outcome.kind === 'exhausted') {
    const nowMs = storeNowMs(keeper);
    const { retryAfterMs } = outcome;
    keeper.exhaustedUntilMs = retryAfterMs === undefined ? monthEndMs(nowMs) : nowMs + retryAfterMs;
    return;
  }
  const isRefused = outcome.kind === 'refused';
  if (generation === undefined) keeper.pace.answered(isRefused);
  else keeper.tally = counted(keeper.tally, generation, isRefused);
}

function stoppingAnswer(world: KeeperWorld) {
  const detail = 'the process is stopping';
  return { kind: 'parkUntil', atMs: world.nowMs(), code: 'QUOTA_STOPPING', detail } as const;
}

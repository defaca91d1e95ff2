/**
 * What one process knows and holds of the shared quota, and the world it acts in. Everything is
 * synchronous and takes time, chance and storage from outside: production drives it with promises
 * (governor.ts), the simulator with virtual time.
 */
import type { Tally } from './correction.ts';
import { noTally } from './correction.ts';
import type { Lane } from './lanes.ts';
import type { QuotaLimits } from './limits.ts';
import { type OwnPace, ownPace } from './ownPace.ts';
import type { QuotaState } from './quotaState.ts';
import type { StoredQuota, SwappedQuota } from './quotaStore.ts';
import type { Slot } from './reserve.ts';
import { type ServerClock, serverClock } from './serverClock.ts';
import { type Ticket, type WaitingLine, waitingLine } from './waitingLine.ts';

export type Cancel = () => void;

export interface KeeperWorld {
  /** This machine's clock. */
  nowMs(): number;
  /** Uniform in [0, 1). */
  random(): number;
  after(delayMs: number, run: () => void): Cancel;
  /** `done` gets `undefined` where the store is away. */
  read(done: (answer: StoredQuota | undefined) => void): void;
  swap(
    text: string,
    etag: string | undefined,
    done: (answer: SwappedQuota | undefined) => void,
  ): void;
}

export type ParkCode = 'QUOTA_BUSY' | 'QUOTA_PAUSED' | 'QUOTA_EXHAUSTED' | 'QUOTA_STOPPING';

export type SlotAnswer =
  | { readonly kind: 'slot'; readonly slot: Slot }
  /** Not now: leave the process and come back then. */
  | {
      readonly kind: 'parkUntil';
      readonly atMs: number;
      readonly code: ParkCode;
      readonly detail: string;
    };

export interface Waiting extends Ticket {
  readonly settle: (answer: SlotAnswer) => void;
}

/** Counted since the process started. */
export interface KeeperCounts {
  readCount: number;
  writeCount: number;
  conflictCount: number;
  deniedCount: number;
  givenCount: number;
  /** Slots that nobody could use when their time came. */
  unusedCount: number;
}

export interface Keeper {
  readonly limits: QuotaLimits;
  readonly world: KeeperWorld;
  readonly line: WaitingLine<Waiting>;
  readonly clock: ServerClock;
  readonly pace: OwnPace;
  /** Slots reserved and not due yet. */
  readonly held: Record<Lane, number>;
  readonly counts: KeeperCounts;
  /** A cold fleet must not come down on the store in one instant. */
  readonly firstAskAtMs: number;
  latestHeldAtMs: number;
  /** A step with the store, or the wait before one, is under way. */
  isBusy: boolean;
  isStopped: boolean;
  /** The store is away: the process goes by its own pace. */
  isAlone: boolean;
  /** Denials and failures in a row. */
  deniedInARow: number;
  failedInARow: number;
  latest: KnownState | undefined;
  /** False once the latest state can't be trusted for a reservation. */
  isLatestFresh: boolean;
  /** Nobody else has written of late: the latest state is worth a try without reading again. */
  isUncontended: boolean;
  /** It was alone until now: others may be so still, and call beside the slots. */
  hasReturned: boolean;
  tally: Tally;
  /** By the store's clock: the service has said so, the fleet does not know yet. */
  exhaustedUntilMs: number;
  cancelWake: Cancel;
}

export interface KnownState {
  readonly state: QuotaState;
  readonly etag: string | undefined;
  readonly readAtMs: number;
}

const startJitterMs = 1_000;
const shortestParkMs = 5_000;

export function newKeeper(limits: QuotaLimits, world: KeeperWorld): Keeper {
  return {
    limits,
    world,
    line: waitingLine(),
    clock: serverClock(),
    pace: ownPace(),
    held: { live: 0, line: 0, drained: 0, backfill: 0, shadow: 0 },
    counts: {
      readCount: 0,
      writeCount: 0,
      conflictCount: 0,
      deniedCount: 0,
      givenCount: 0,
      unusedCount: 0,
    },
    firstAskAtMs: world.nowMs() + world.random() * startJitterMs,
    latestHeldAtMs: 0,
    isBusy: false,
    isStopped: false,
    isAlone: false,
    deniedInARow: 0,
    failedInARow: 0,
    latest: undefined,
    isLatestFresh: false,
    isUncontended: false,
    hasReturned: false,
    tally: noTally,
    exhaustedUntilMs: 0,
    cancelWake: () => {},
  };
}

/** Now, by the store's clock. */
export function storeNowMs({ world, clock }: Keeper): number {
  return world.nowMs() + clock.offsetMs();
}

/** All that wait, but the `keptCount` oldest, are told to come back later. */
export function parkAll(
  { line }: Keeper,
  answer: Extract<SlotAnswer, { readonly kind: 'parkUntil' }>,
  keptCount: number,
): void {
  for (const { settle } of line.takeNewest(keptCount)) settle(answer);
}

/** Away for about as long as it has waited: half to one and a half times, so that they part. */
export function busyAnswer({ world }: Keeper, { sinceMs }: Ticket): SlotAnswer {
  const nowMs = world.nowMs();
  const atMs = nowMs + Math.max(shortestParkMs, nowMs - sinceMs) * (0.5 + world.random());
  const detail = 'no slot comes free within the wait budget';
  return { kind: 'parkUntil', atMs, code: 'QUOTA_BUSY', detail };
}

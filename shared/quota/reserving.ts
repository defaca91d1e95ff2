/** The store's side of the keeper: read, reserve, swap; back off when denied, read again on conflict. */
import { corrected, settling, untold } from './correction.ts';
import { holdSlots } from './heldSlots.ts';
import { busyAnswer, type Keeper, parkAll, storeNowMs } from './keeper.ts';
import { mapLanes, type PerLane, sumOf } from './lanes.ts';
import { chunkCount } from './limits.ts';
import { firstState, type QuotaState, readState, writeState } from './quotaState.ts';
import type { StoredQuota, SwappedQuota } from './quotaStore.ts';
import { type Reservation, reserve } from './reserve.ts';

/** A state as young as this is tried without reading it again. */
const cacheLifeMs = 1_000;
/** More slots are asked for only when the last one held is this near: no swaps for single slots. */
const leadMs = 1_000;
const deniedBaseMs = 2_000;
const deniedCapMs = 45_000;
const conflictBaseMs = 200;
const conflictCapMs = 2_000;
const pausedBaseMs = 30_000;

/** What happens when the store does not answer is decided elsewhere. */
type OnAway = (keeper: Keeper) => void;

/** Sees to it that there is a slot, held or on its way, for everything that could go. */
export function ensureSlots(keeper: Keeper, onAway: OnAway): void {
  if (keeper.isStopped || keeper.isBusy || keeper.isAlone) return;
  const nowMs = keeper.world.nowMs();
  const neededCount = sumOf(neededSlots(keeper, nowMs));
  const heldCount = sumOf(keeper.held);
  if (neededCount === 0) {
    const readyAtMs = heldCount === 0 ? keeper.line.nextReadyAtMs(nowMs) : undefined;
    if (readyAtMs !== undefined) wake(keeper, readyAtMs - nowMs, onAway);
    return;
  }
  const tooEarlyMs = keeper.latestHeldAtMs - storeNowMs(keeper) - leadMs;
  if (heldCount > 0 && neededCount < fullChunk(keeper) && tooEarlyMs > 0) {
    wake(keeper, tooEarlyMs, onAway);
    return;
  }
  keeper.isBusy = true;
  keeper.world.after(Math.max(0, keeper.firstAskAtMs - nowMs), () => tryStore(keeper, 0, onAway));
}

function wake(keeper: Keeper, delayMs: number, onAway: OnAway): void {
  keeper.cancelWake();
  keeper.cancelWake = keeper.world.after(delayMs, () => ensureSlots(keeper, onAway));
}

function fullChunk({ latest, limits }: Keeper): number {
  return chunkCount(latest?.state.perSecond ?? limits.maxPerSecond);
}

/**
 * Those ready without a slot that would still be here at `untilMs`. Slots held for another lane are
 * lent, so they count against the sum.
 */
function neededSlots({ line, held, world }: Keeper, untilMs: number): PerLane {
  const ready = line.ready(world.nowMs(), untilMs);
  let leftCount = Math.max(0, sumOf(ready) - sumOf(held));
  return mapLanes((lane) => {
    const count = Math.min(leftCount, Math.max(0, ready[lane] - held[lane]));
    leftCount -= count;
    return count;
  });
}

function tryStore(keeper: Keeper, conflictCount: number, onAway: OnAway): void {
  if (keeper.isStopped) return;
  const { latest, world } = keeper;
  if (
    keeper.isLatestFresh &&
    keeper.isUncontended &&
    latest &&
    world.nowMs() - latest.readAtMs < cacheLifeMs
  ) {
    reserveFrom(keeper, latest.state, conflictCount, onAway);
    return;
  }
  const sentAtMs = world.nowMs();
  keeper.counts.readCount += 1;
  world.read((answer) => {
    const state = answer && noteRead(keeper, answer, sentAtMs);
    if (state) reserveFrom(keeper, state, conflictCount, onAway);
    else onAway(keeper);
  });
}

/** @returns `undefined` where there is a document that is not ours: as good as away. */
export function noteRead(
  keeper: Keeper,
  { found, serverAtMs }: StoredQuota,
  sentAtMs: number,
): QuotaState | undefined {
  observeClock(keeper, serverAtMs, sentAtMs);
  const state = found ? readState(found.text) : firstState(storeNowMs(keeper), keeper.limits);
  if (!state) return undefined;
  keeper.failedInARow = 0;
  keeper.isUncontended = keeper.latest?.etag === found?.etag;
  keeper.latest = { state, etag: found?.etag, readAtMs: keeper.world.nowMs() };
  keeper.isLatestFresh = true;
  return state;
}

function observeClock(keeper: Keeper, serverAtMs: number | undefined, sentAtMs: number): void {
  if (serverAtMs !== undefined) keeper.clock.observe(serverAtMs, sentAtMs, keeper.world.nowMs());
}

function reserveFrom(
  keeper: Keeper,
  known: QuotaState,
  conflictCount: number,
  onAway: OnAway,
): void {
  if (keeper.isStopped) return;
  const nowMs = storeNowMs(keeper);
  // By this machine's clock: the first instant that can still be had.
  const soonestMs = Math.max(nowMs, known.tatMs) - keeper.clock.offsetMs();
  const wanted = neededSlots(keeper, soonestMs);
  if (sumOf(wanted) === 0) {
    keeper.isBusy = false;
    // With slots still held, the next one that falls due looks again.
    if (sumOf(keeper.held) > 0) return;
    parkHopeless(keeper, soonestMs);
    ensureSlots(keeper, onAway);
    return;
  }
  const judged = corrected(known, keeper.tally, nowMs, keeper.limits);
  const state = keeper.hasReturned ? settling(judged, nowMs) : judged;
  if (keeper.exhaustedUntilMs > Math.max(nowMs, state.exhaustedUntilMs)) {
    const told = { ...state, exhaustedUntilMs: keeper.exhaustedUntilMs };
    store(keeper, { kind: 'slots', state: told, slots: [] }, conflictCount, onAway);
    return;
  }
  const answer = reserve(state, nowMs, wanted, keeper.limits);
  if (answer.kind === 'slots') store(keeper, answer, conflictCount, onAway);
  else turnedDown(keeper, answer, nowMs, onAway);
}

/** Nothing can be had before they have to leave: they leave now, others may take their place. */
function parkHopeless(keeper: Keeper, soonestMs: number): void {
  for (const entry of keeper.line.takeLeaving(soonestMs)) entry.settle(busyAnswer(keeper, entry));
}

function turnedDown(
  keeper: Keeper,
  answer: Exclude<Reservation, { readonly kind: 'slots' }>,
  nowMs: number,
  onAway: OnAway,
): void {
  const { world, counts } = keeper;
  if (answer.kind === 'denied') {
    counts.deniedCount += 1;
    keeper.isLatestFresh = false;
    const stepMs = Math.min(deniedCapMs, deniedBaseMs * 2 ** keeper.deniedInARow);
    keeper.deniedInARow += 1;
    const delayMs = Math.max(answer.untilMs - nowMs, 0) + stepMs * (0.5 + world.random());
    world.after(Math.min(delayMs, deniedCapMs * 1.5), () => tryStore(keeper, 0, onAway));
    return;
  }
  keeper.isBusy = false;
  const spreadMs = pausedBaseMs * (1 + 2 * world.random());
  const kind = 'parkUntil';
  if (answer.kind === 'paused') {
    const detail = `calls are paused: ${answer.reason}`;
    parkAll(keeper, { kind, code: 'QUOTA_PAUSED', detail, atMs: world.nowMs() + spreadMs }, 0);
  } else {
    const atMs = answer.untilMs - keeper.clock.offsetMs() + spreadMs;
    const detail = `the month's calls are spent until ${new Date(answer.untilMs).toISOString()}`;
    // Slots held are of this month: they may be used.
    parkAll(keeper, { kind, code: 'QUOTA_EXHAUSTED', detail, atMs }, sumOf(keeper.held));
  }
}

type Granted = Extract<Reservation, { readonly kind: 'slots' }>;

function store(keeper: Keeper, granted: Granted, conflictCount: number, onAway: OnAway): void {
  const { world, counts, latest } = keeper;
  const told = keeper.tally;
  const sentAtMs = world.nowMs();
  counts.writeCount += 1;
  world.swap(writeState(granted.state), latest?.etag, (answer) => {
    if (!answer) {
      keeper.isLatestFresh = false;
      onAway(keeper);
      return;
    }
    observeClock(keeper, answer.serverAtMs, sentAtMs);
    keeper.failedInARow = 0;
    if (answer.kind === 'swapped') {
      keeper.hasReturned = false;
      keeper.tally = untold(keeper.tally, told, granted.state.generation);
      swapped(keeper, granted, answer, onAway);
    } else {
      conflicted(keeper, conflictCount, onAway);
    }
  });
}

function conflicted(keeper: Keeper, conflictCount: number, onAway: OnAway): void {
  const { world, counts } = keeper;
  counts.conflictCount += 1;
  keeper.isLatestFresh = false;
  keeper.isUncontended = false;
  const ceilingMs = Math.min(conflictCapMs, conflictBaseMs * 2 ** conflictCount);
  world.after(world.random() * ceilingMs, () => tryStore(keeper, conflictCount + 1, onAway));
}

function swapped(
  keeper: Keeper,
  { state, slots }: Granted,
  { etag }: Extract<SwappedQuota, { readonly kind: 'swapped' }>,
  onAway: OnAway,
): void {
  keeper.latest = { state, etag, readAtMs: keeper.world.nowMs() };
  keeper.isLatestFresh = true;
  keeper.deniedInARow = Math.max(0, keeper.deniedInARow - 1);
  keeper.isBusy = false;
  holdSlots(keeper, slots, () => ensureSlots(keeper, onAway));
  ensureSlots(keeper, onAway);
}

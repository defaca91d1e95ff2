/** Slots in hand: each is used by whoever waits when it falls due, or let go. */
import { type Keeper, storeNowMs } from './keeper.ts';
import type { Slot } from './reserve.ts';

/** A slot that is this late is let go: late calls come on top of those that are due. */
const lateMs = 100;

/** @param onDue - called after each slot's time, used or not. */
export function holdSlots(keeper: Keeper, slots: readonly Slot[], onDue: () => void): void {
  const nowMs = storeNowMs(keeper);
  // The store was slow: what is long past is let go, but never all of it.
  const kept = slots.filter(
    ({ atMs }, index) => nowMs - atMs <= lateMs || index === slots.length - 1,
  );
  keeper.counts.unusedCount += slots.length - kept.length;
  for (const slot of kept) hold(keeper, slot, Math.max(0, slot.atMs - nowMs), onDue);
}

function hold(keeper: Keeper, slot: Slot, delayMs: number, onDue: () => void): void {
  const { world, held } = keeper;
  const dueAtMs = world.nowMs() + delayMs;
  held[slot.lane] += 1;
  keeper.latestHeldAtMs = slot.atMs;
  world.after(delayMs, () => {
    held[slot.lane] -= 1;
    if (keeper.isStopped) return;
    use(keeper, slot, world.nowMs() - dueAtMs > lateMs);
    onDue();
  });
}

function use(keeper: Keeper, slot: Slot, isLate: boolean): void {
  const nowMs = keeper.world.nowMs();
  const entry = isLate ? undefined : keeper.line.take(slot.lane, nowMs);
  if (entry) {
    keeper.counts.givenCount += 1;
    keeper.pace.sent(nowMs);
    entry.settle({ kind: 'slot', slot });
  } else {
    keeper.counts.unusedCount += 1;
  }
}

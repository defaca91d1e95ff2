/** While the store is away each process goes by its own pace, and looks now and then whether it is back. */
import type { Keeper } from './keeper.ts';
import { ensureSlots, noteRead } from './reserving.ts';

/** Two in a row may be chance, and whoever leaves calls beside the slots of those who stay. */
const failuresToLeave = 3;
const retryMs = 1_000;
const probeMs = 5_000;

/** The store did not answer, or with something that is not ours. */
export function storeAway(keeper: Keeper): void {
  const { world } = keeper;
  keeper.failedInARow += 1;
  if (keeper.isAlone || keeper.isStopped) return;
  if (keeper.failedInARow < failuresToLeave) {
    world.after(retryMs * (0.5 + world.random()), () => {
      keeper.isBusy = false;
      ensureSlots(keeper, storeAway);
    });
    return;
  }
  keeper.isBusy = false;
  keeper.isAlone = true;
  keeper.pace.begin(world.nowMs(), keeper.latest?.state.perSecond ?? keeper.limits.maxPerSecond);
  world.after(world.random() * intervalMs(keeper), () => nextTurn(keeper));
  probeLater(keeper);
}

function intervalMs({ pace }: Keeper): number {
  return 1_000 / pace.perSecond();
}

function nextTurn(keeper: Keeper): void {
  const { world, line, pace, counts } = keeper;
  if (!keeper.isAlone || keeper.isStopped) return;
  const nowMs = world.nowMs();
  const entry = line.take(undefined, nowMs);
  if (entry) {
    counts.givenCount += 1;
    pace.sent(nowMs);
    const slot = { atMs: nowMs, lane: entry.lane, generation: undefined };
    entry.settle({ kind: 'slot', slot });
  }
  world.after(intervalMs(keeper) * (0.8 + 0.4 * world.random()), () => nextTurn(keeper));
}

function probeLater(keeper: Keeper): void {
  const { world } = keeper;
  world.after(probeMs * (1 + world.random()), () => {
    if (keeper.isStopped) return;
    const sentAtMs = world.nowMs();
    keeper.counts.readCount += 1;
    world.read((answer) => {
      if (!answer || !noteRead(keeper, answer, sentAtMs)) {
        probeLater(keeper);
        return;
      }
      keeper.isAlone = false;
      keeper.hasReturned = true;
      ensureSlots(keeper, storeAway);
    });
  });
}

/** Photos of one instance that go out one by one, at a pace that may change. */
import { type Fleet, type Instance, type Item, retryAfterMs } from '../fleet.ts';

export interface PacedLine {
  add(item: Item): void;
  /** The pace may have changed: look again. */
  look(): void;
  waitingCount(): number;
}

interface Waiting {
  readonly item: Item;
  readonly notBeforeMs: number;
}

/** How soon a line without any pace looks again. */
const idleMs = 200;

export function pacedLine(
  fleet: Fleet,
  instance: Instance,
  perSecond: () => number,
  onAnswer: (isAccepted: boolean) => void,
): PacedLine {
  const { time, draws } = fleet;
  const waiting: Waiting[] = [];
  let nextMs = time.nowMs();
  let isScheduled = false;

  const look = () => {
    if (isScheduled || waiting.length === 0) return;
    isScheduled = true;
    const rate = perSecond();
    const dueMs = Math.max(nextMs, Math.min(...waiting.map(({ notBeforeMs }) => notBeforeMs)));
    fleet.after(instance, rate > 0 ? dueMs - time.nowMs() : idleMs, () => {
      isScheduled = false;
      if (perSecond() > 0) sendOne();
      look();
    });
  };
  const sendOne = () => {
    const index = waiting.findIndex(({ notBeforeMs }) => notBeforeMs <= time.nowMs());
    const [next] = index < 0 ? [] : waiting.splice(index, 1);
    if (!next) return;
    nextMs = Math.max(time.nowMs(), nextMs) + 1_000 / perSecond();
    fleet.call(instance, next.item, (isAccepted) => {
      onAnswer(isAccepted);
      if (!isAccepted) {
        const notBeforeMs = time.nowMs() + retryAfterMs * (1 + draws.uniform());
        waiting.unshift({ item: next.item, notBeforeMs });
      }
      look();
    });
  };
  return {
    add(item) {
      waiting.push({ item, notBeforeMs: time.nowMs() });
      look();
    },
    look,
    waitingCount: () => waiting.length,
  };
}

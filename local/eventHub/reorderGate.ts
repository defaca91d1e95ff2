/**
 * Holds back what partitions have to deliver and lets go in the reverse order: the partition that
 * came last goes first. Within a partition nothing changes, for each is held as a whole.
 */
export interface ReorderGate {
  /** @returns a function that takes the held one out again. */
  hold(release: () => void, windowMs: number): () => void;
}

/** Between two partitions, so that they don't meet again in one write to the socket. */
const gapMs = 5;

export function reorderGate(): ReorderGate {
  let held: (() => void)[] = [];
  const letGo = (): void => {
    const released = held.toReversed();
    held = [];
    for (const [index, release] of released.entries()) {
      setTimeout(release, index * gapMs).unref();
    }
  };
  return {
    hold(release, windowMs) {
      if (held.length === 0) setTimeout(letGo, windowMs).unref();
      held.push(release);
      return () => {
        held = held.filter((other) => other !== release);
      };
    },
  };
}

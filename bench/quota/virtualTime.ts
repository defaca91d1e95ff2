/** Time that jumps from event to event: hours of a fleet in seconds. A binary heap, first in first out. */
export interface VirtualTime {
  nowMs(): number;
  /** @returns cancels it. */
  after(delayMs: number, run: () => void): () => void;
  runUntil(endMs: number): void;
}

interface Entry {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

export function virtualTime(startMs: number): VirtualTime {
  const heap: Entry[] = [];
  let nowMs = startMs;
  let count = 0;
  return {
    nowMs: () => nowMs,
    after(delayMs, run) {
      const entry: Entry = { atMs: nowMs + Math.max(0, delayMs), order: count, run };
      count += 1;
      push(heap, entry);
      return () => {
        entry.run = undefined;
      };
    },
    runUntil(endMs) {
      for (let first = heap[0]; first && first.atMs <= endMs; first = heap[0]) {
        pop(heap);
        nowMs = first.atMs;
        first.run?.();
      }
      nowMs = endMs;
    },
  };
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}

function push(heap: Entry[], entry: Entry): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (!parent || !isBefore(entry, parent)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    const right = heap[2 * index + 2];
    if (!left) break;
    const child = right && isBefore(right, left) ? right : left;
    if (!isBefore(child, last)) break;
    heap[index] = child;
    index = child === left ? 2 * index + 1 : 2 * index + 2;
  }
  heap[index] = last;
}

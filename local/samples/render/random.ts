/** A stream of random numbers that is the same for the same seed on every machine. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  next(): number;
  between(low: number, high: number): number;
  /** A whole number in [0, count). */
  integer(count: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

/**
 * Mulberry32 over a scrambled seed, so that neighbouring seeds share nothing.
 * Source: bryc/code, "PRNGs" (public domain), 2026-11-24.
 */
export function randomStream(seed: number): RandomStream {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (count: number) => Math.floor(next() * count);
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    integer,
    pick: (items) => items[integer(items.length)] ?? items[0],
  };
}

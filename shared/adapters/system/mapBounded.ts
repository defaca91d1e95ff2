/** Bounded parallel work over lists. */
import pLimit from 'p-limit';

/** @param concurrencyCount - across all calls of the returned function, not for each. */
export function mapBounded(concurrencyCount: number) {
  const limit = pLimit(concurrencyCount);
  return <Item, Result>(
    items: readonly Item[],
    work: (item: Item) => Promise<Result>,
  ): Promise<Result[]> => Promise.all(items.map((item) => limit(work, item)));
}

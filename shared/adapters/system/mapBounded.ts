/** Bounded parallel work over a list. */
import pLimit from 'p-limit';
import type { PipelineDeps } from '../../pipeline/deps.ts';

/** @param concurrencyCount - across every call of the returned function, not for each. */
export function mapBounded(concurrencyCount: number): PipelineDeps['mapBounded'] {
  const limit = pLimit(concurrencyCount);
  return (items, work) => Promise.all(items.map((item) => limit(work, item)));
}

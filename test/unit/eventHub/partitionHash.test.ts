/** Keys must fall where the SDKs' own buffered producers put them. */
import { describe, expect, it } from 'vitest';
import { partitionOf } from '../../../local/eventHub/partitionHash.ts';

describe('partitionOf', () => {
  // Source: mapPartitionKeyToId of @azure/event-hubs 6.0.4, run 2026-11-24.
  it.each([
    ['', 0, 0],
    ['a', 0, 28],
    ['store-7', 1, 5],
    ['twelve-bytes', 1, 5],
    ['thirteen-byte', 2, 14],
    ['Zürich 上海', 0, 28],
    ['a key that is rather longer than one block of twelve', 3, 19],
  ])('puts %j where the SDK does', (key, ofFour, ofThirtyTwo) => {
    expect(partitionOf(key, 4)).toBe(ofFour);
    expect(partitionOf(key, 32)).toBe(ofThirtyTwo);
  });

  it('names a partition for any number of them', () => {
    const ids = [1, 2, 3, 5, 32].map((count) => partitionOf('store-7', count) < count);
    expect(ids).toEqual([true, true, true, true, true]);
  });
});

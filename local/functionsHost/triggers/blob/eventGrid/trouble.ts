/** What may happen to an event on its way, ordered by count. */
import { z } from 'zod';

const count = z.int().min(1).max(1_000).default(1);

export const troubleSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('duplicate'), count }),
  z.strictObject({ do: z.literal('drop'), count }),
  z.strictObject({ do: z.literal('delay'), count, delayMs: z.int().min(1).max(600_000) }),
  /** The next `count` events wait for each other and come last first; at most so long. */
  z.strictObject({
    do: z.literal('reorder'),
    count: z.int().min(2).max(1_000),
    withinMs: z.int().min(1).max(600_000).default(5_000),
  }),
  /** Before the event one of an empty blob, as writers that create first and commit later cause. */
  z.strictObject({ do: z.literal('intermediate'), count }),
]);

export type Trouble = z.output<typeof troubleSchema>;

export interface TroubleQueue {
  add(trouble: Trouble): void;
  /** What happens to the next event; with a count of 1 it is the last that this happens to. */
  next(): Trouble | undefined;
  left(): readonly Trouble[];
  clear(): void;
}

export function troubleQueue(): TroubleQueue {
  let left: Trouble[] = [];
  return {
    add: (trouble) => void left.push(trouble),
    next() {
      const [first, ...rest] = left;
      if (!first) return undefined;
      left = first.count === 1 ? rest : [{ ...first, count: first.count - 1 }, ...rest];
      return first;
    },
    left: () => left,
    clear() {
      left = [];
    },
  };
}

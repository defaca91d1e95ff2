/**
 * Faults waiting for calls, first in first out. The first one meets the next calls, `count` of them;
 * one without a count meets every call until it is cleared.
 */
import { z } from 'zod';

const faultNames = [
  'throttle',
  'unavailable',
  'htmlFromProxy',
  'hang',
  'reset',
  'truncatedBody',
  'nullAnswer',
  'stringAnswer',
  'htmlAnswer',
  'nanAnswer',
  'nanTextAnswer',
  'unknownTag',
  'emptyPredictions',
  'unpublished',
  'rotatedKey',
  'outOfCallVolume',
] as const;

export type FaultName = (typeof faultNames)[number];

export const faultSchema = z.strictObject({
  name: z.enum(faultNames),
  /** How many calls it meets; left out: all of them. */
  count: z.number().int().positive().optional(),
  /** For `throttle`: asks for this wait, in the text and as a header. */
  retryAfterSeconds: z.number().int().min(0).optional(),
});

export type Fault = Readonly<z.output<typeof faultSchema>>;

export interface FaultQueue {
  add(name: FaultName, options?: Omit<Fault, 'name'>): void;
  clear(): void;
  /** What still waits, with the counts that are left. */
  list(): readonly Fault[];
}

/** @returns the queue for its users, and the taking end for the routes. */
export function faultQueue(): {
  readonly queue: FaultQueue;
  readonly take: () => Fault | undefined;
} {
  let waiting: readonly Fault[] = [];
  const queue: FaultQueue = {
    add(name, options) {
      waiting = [...waiting, faultSchema.parse({ ...options, name })];
    },
    clear() {
      waiting = [];
    },
    list: () => waiting,
  };
  return {
    queue,
    take() {
      const [first, ...others] = waiting;
      if (first?.count !== undefined) {
        waiting = first.count > 1 ? [{ ...first, count: first.count - 1 }, ...others] : others;
      }
      return first;
    },
  };
}

/**
 * Faults waiting for calls, first in first out. The first one that strikes meets the call: each of
 * the next `count` calls, or a seeded share of them, or those of the next `durationMs`; one without
 * any of the three meets every call until it is cleared.
 */
import { z } from 'zod';
import { type RandomStream, randomStream } from '../../samples/render/random.ts';

const faultNames = [
  'throttle',
  'unavailable',
  'storm',
  'serviceError',
  'htmlFromProxy',
  'hang',
  'reset',
  'resetMidBody',
  'truncatedBody',
  'drip',
  'wrongLength',
  'slowAccept',
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
  /** Fraction in [0, 1] of the calls that it meets, drawn with `seed`. */
  share: z.number().min(0).max(1).optional(),
  seed: z.number().int().min(0).optional(),
  /** From now on; gone afterwards. */
  durationMs: z.number().positive().optional(),
  /** For `throttle`: asks for this wait, in the text and as a header. */
  retryAfterSeconds: z.number().int().min(0).optional(),
  /** For `slowAccept`: how long a new connection waits; 2 s where left out. */
  delayMs: z.number().positive().optional(),
  /** For `drip`: 1 where left out. */
  bytesPerSecond: z.number().positive().optional(),
  /** For `wrongLength`: how many bytes more (or fewer, negative) are promised than come. */
  lengthErrorBytes: z.number().int().optional(),
  /** For `serviceError`: any status and code of the service. */
  httpStatus: z.number().int().min(400).max(599).optional(),
  code: z.string().optional(),
});

export type Fault = Readonly<z.output<typeof faultSchema>>;

export interface FaultQueue {
  add(name: FaultName, options?: Omit<Fault, 'name'>): void;
  clear(): void;
  /** What still waits, with the counts that are left. */
  list(): readonly Fault[];
}

/** A fault that strikes one call, with a draw in [0, 1) for faults of several faces. */
export type StruckFault = Fault & { readonly draw: number };

export interface FaultSource {
  /** The queue for its users. */
  readonly queue: FaultQueue;
  /** The taking end for the routes. */
  readonly take: () => StruckFault | undefined;
  /** The same for connections, which only `slowAccept` meets. */
  readonly takeForConnection: () => StruckFault | undefined;
}

interface Waiting {
  readonly fault: Fault;
  readonly random: RandomStream;
  readonly endsAtMs: number;
  /** Calls it will still meet. */
  leftCount: number;
}

export function faultQueue(nowMs: () => number = Date.now): FaultSource {
  let waiting: readonly Waiting[] = [];
  const live = () => {
    const atMs = nowMs();
    waiting = waiting.filter(({ endsAtMs, leftCount }) => atMs < endsAtMs && leftCount > 0);
    return waiting;
  };
  const strike = (isConnection: boolean) => {
    const mine = live().filter(({ fault }) => (fault.name === 'slowAccept') === isConnection);
    const struck = mine.find(({ fault, random }) => random.next() < (fault.share ?? 1));
    if (!struck) return undefined;
    struck.leftCount -= 1;
    return { ...struck.fault, draw: struck.random.next() };
  };
  const queue: FaultQueue = {
    add(name, options) {
      const fault = faultSchema.parse({ ...options, name });
      waiting = [...waiting, waitingOf(fault, nowMs())];
    },
    clear() {
      waiting = [];
    },
    list: () => live().map(listed),
  };
  return { queue, take: () => strike(false), takeForConnection: () => strike(true) };
}

function waitingOf(fault: Fault, atMs: number): Waiting {
  return {
    fault,
    random: randomStream(fault.seed ?? 0),
    endsAtMs: atMs + (fault.durationMs ?? Number.POSITIVE_INFINITY),
    leftCount: fault.count ?? Number.POSITIVE_INFINITY,
  };
}

function listed({ fault, leftCount }: Waiting): Fault {
  return fault.count === undefined ? fault : { ...fault, count: leftCount };
}

/**
 * Trouble on order, by name, so that a test or a demo can see how a client takes it. Some faults
 * strike at once; the others wait, first in first out, and meet what `count` and place say.
 */
import { z } from 'zod';
import { conditions, Refusal } from './refusal.ts';

/** Left out, a fault meets every hub and every partition. */
const place = { hub: z.string().optional(), partitionId: z.string().optional() };

/** How many sends or deliveries it meets; left out: all, until cleared. */
const count = { count: z.int().positive().optional() };

const condition = z.enum(conditions);

export const faultSchema = z.discriminatedUnion('name', [
  /** Cuts every open connection at once, without a goodbye. */
  z.strictObject({ name: z.literal('dropConnections') }),
  /** Detaches the links that are open now. */
  z.strictObject({
    name: z.literal('detach'),
    ...place,
    consumerGroup: z.string().optional(),
    links: z.enum(['readers', 'publishers', 'all']).default('all'),
    condition: condition.default('amqp:link:detach-forced'),
  }),
  /** Holds back deliveries to readers, answers to publishers, or both. */
  z.strictObject({
    name: z.literal('slow'),
    ...place,
    what: z.enum(['deliveries', 'answers', 'both']).default('both'),
    delayMs: z.int().positive().max(600_000),
  }),
  /** Turns the order of partitions around within each window; within a partition it stays. */
  z.strictObject({
    name: z.literal('reorder'),
    windowMs: z.int().positive().max(10_000).default(50),
  }),
  /** Delivers an event twice in a row. */
  z.strictObject({ name: z.literal('duplicate'), ...place, ...count }),
  /** Refuses sends as a throttled namespace does; the client is expected to try again. */
  z.strictObject({ name: z.literal('busy'), ...place, ...count }),
  /** Refuses sends because nothing more can be stored. */
  z.strictObject({ name: z.literal('storeFull'), ...place, ...count }),
  /** Refuses sends with a condition of choice. */
  z.strictObject({ name: z.literal('reject'), ...place, ...count, condition }),
]);

/** As it is ordered: what has a default may be left out. */
export type FaultOrder = z.input<typeof faultSchema>;
export type Fault = Readonly<z.output<typeof faultSchema>>;
export type DetachFault = Extract<Fault, { name: 'detach' }>;
type WaitingFault = Exclude<Fault, { name: 'dropConnections' | 'detach' }>;

export interface Faults {
  /** @throws ZodError for a fault there is none of. */
  add(fault: FaultOrder): void;
  clear(): void;
  /** What still waits, with the counts that are left. */
  list(): readonly Fault[];
}

export interface Place {
  readonly hub: string;
  readonly partitionId: string;
}

/** The ends of the faults that the links hold. */
export interface FaultBox {
  readonly faults: Faults;
  /** @returns what this send must be refused with, if anything, and uses the fault up by one. */
  takeForSend(at: Place): Refusal | undefined;
  /** @returns whether the event is to be delivered once more. */
  takeForDelivery(at: Place): boolean;
  delayMs(what: 'deliveries' | 'answers', at: Place): number;
  /** `undefined` while partitions keep their order. */
  reorderWindowMs(): number | undefined;
}

export interface StrikingFaults {
  dropConnections(): void;
  detach(fault: DetachFault): void;
}

/** Source: Microsoft Learn, "Event Hubs messaging exceptions", code 50002, read 2026-11-23. */
const busyText =
  'The request was terminated because the namespace is being throttled. ' +
  'Error code : 50002. Please wait 4 seconds and try again.';

export function serverBusy(): Refusal {
  return new Refusal('com.microsoft:server-busy', busyText);
}

function refusalFor(fault: WaitingFault): Refusal | undefined {
  switch (fault.name) {
    case 'busy':
      return serverBusy();
    case 'storeFull':
      return new Refusal('amqp:resource-limit-exceeded', 'The event hub can store no more events.');
    case 'reject':
      return new Refusal(fault.condition, 'Refused by an injected fault');
    case 'slow':
    case 'reorder':
    case 'duplicate':
      return undefined;
  }
}

/** Whether a name that may be left out allows this one. */
export function allows(wanted: string | undefined, actual: string | undefined): boolean {
  return wanted === undefined || wanted.toLowerCase() === actual?.toLowerCase();
}

function meets(fault: WaitingFault, at: Place): boolean {
  if (fault.name === 'reorder') return true;
  return allows(fault.hub, at.hub) && allows(fault.partitionId, at.partitionId);
}

/** @returns the fault as it is after meeting one more; `undefined` when it is used up. */
function usedOnce(fault: WaitingFault): WaitingFault | undefined {
  if (!('count' in fault) || fault.count === undefined) return fault;
  return fault.count > 1 ? { ...fault, count: fault.count - 1 } : undefined;
}

export function faultBox(striking: StrikingFaults): FaultBox {
  let waiting: WaitingFault[] = [];
  const take = (isMet: (fault: WaitingFault) => boolean): WaitingFault | undefined => {
    const index = waiting.findIndex(isMet);
    const fault = waiting[index];
    if (!fault) return undefined;
    const left = usedOnce(fault);
    waiting = waiting.toSpliced(index, 1, ...(left ? [left] : []));
    return fault;
  };
  return {
    faults: {
      add(order) {
        const fault = faultSchema.parse(order);
        if (fault.name === 'dropConnections') striking.dropConnections();
        else if (fault.name === 'detach') striking.detach(fault);
        else waiting = [...waiting, fault];
      },
      clear() {
        waiting = [];
      },
      list: () => waiting,
    },
    takeForSend(at) {
      if (waiting.length === 0) return undefined;
      const fault = take((candidate) => meets(candidate, at) && !!refusalFor(candidate));
      return fault && refusalFor(fault);
    },
    takeForDelivery(at) {
      if (waiting.length === 0) return false;
      return !!take((candidate) => candidate.name === 'duplicate' && meets(candidate, at));
    },
    delayMs(what, at) {
      const delays = waiting.map((fault) =>
        fault.name === 'slow' && meets(fault, at) && (fault.what === what || fault.what === 'both')
          ? fault.delayMs
          : 0,
      );
      return Math.max(0, ...delays);
    },
    reorderWindowMs: () => waiting.find((fault) => fault.name === 'reorder')?.windowMs,
  };
}

/** Trouble on order, by name, so that a test or a demo can see how a client takes it. */
import { type Condition, Refusal } from './refusal.ts';

export type Fault =
  /** Cuts every open connection at once, without a goodbye. */
  | { readonly kind: 'drop-connections' }
  /** Throttles the next sends; the client is expected to try again. */
  | { readonly kind: 'server-busy'; readonly sendCount: number; readonly partitionId?: string }
  | {
      readonly kind: 'reject-sends';
      readonly sendCount: number;
      readonly condition: Condition;
      readonly partitionId?: string;
    };

export interface Faults {
  inject(fault: Fault): void;
  /** Forgets the faults that have not been used up. */
  clear(): void;
}

export interface FaultBox extends Faults {
  /** @returns what this send must be refused with, if anything, and uses the fault up by one. */
  takeForSend(partitionId: string): Refusal | undefined;
}

interface PendingFault {
  readonly refusal: Refusal;
  readonly partitionId: string | undefined;
  leftCount: number;
}

/** Source: Microsoft Learn, "Event Hubs messaging exceptions", code 50002, read 2026-11-23. */
const busyText =
  'The request was terminated because the namespace is being throttled. ' +
  'Error code : 50002. Please wait 4 seconds and try again.';

export function faultBox(dropConnections: () => void): FaultBox {
  let pending: PendingFault[] = [];
  return {
    inject(fault) {
      if (fault.kind === 'drop-connections') {
        dropConnections();
        return;
      }
      const refusal =
        fault.kind === 'server-busy'
          ? new Refusal('com.microsoft:server-busy', busyText)
          : new Refusal(fault.condition, 'Refused by an injected fault');
      const { partitionId, sendCount } = fault;
      pending.push({ refusal, partitionId, leftCount: sendCount });
    },
    clear() {
      pending = [];
    },
    takeForSend(partitionId) {
      const fault = pending.find(
        (candidate) =>
          candidate.leftCount > 0 &&
          (candidate.partitionId === undefined || candidate.partitionId === partitionId),
      );
      if (!fault) return undefined;
      fault.leftCount -= 1;
      return fault.refusal;
    },
  };
}

/** What the links of every connection share: one hub namespace and its settings. */
import type { AccessKey } from './accessToken.ts';
import type { FaultBox } from './faults.ts';
import type { Namespace } from './namespace.ts';

export interface Counters {
  receivedEventCount: number;
  deliveredEventCount: number;
  rejectedSendCount: number;
}

export interface HubContext {
  readonly namespace: Namespace;
  readonly access: AccessKey;
  readonly faults: FaultBox;
  readonly counters: Counters;
  readonly maxMessageBytes: number;
  readonly nowMs: () => number;
  /** The next partition for events that name neither a partition nor a key. */
  nextPartitionIndex(partitionCount: number): number;
}

/** What the links of every connection share: one hub namespace, its settings and its dials. */
import type { AccessKey } from './accessToken.ts';
import type { EventHubControl } from './controlActions.ts';
import type { EventHubOptions } from './eventHubOptions.ts';
import { type FaultBox, faultBox, type StrikingFaults } from './faults.ts';
import { type Namespace, openNamespace } from './namespace.ts';
import { type ReorderGate, reorderGate } from './reorderGate.ts';
import { type Throughput, throughputMeter } from './throughput.ts';

export interface Counters {
  receivedEventCount: number;
  deliveredEventCount: number;
  rejectedSendCount: number;
}

export interface HubContext {
  readonly namespace: Namespace;
  readonly access: AccessKey;
  readonly faultBox: FaultBox;
  readonly reorderGate: ReorderGate;
  readonly throughput: Throughput;
  readonly counters: Counters;
  readonly maxMessageBytes: number;
  readonly nowMs: () => number;
  /** The next partition for events that name neither a partition nor a key. */
  nextPartitionIndex(partitionCount: number): number;
}

/** Source: Microsoft Learn, "Azure Event Hubs quotas and limits", publication size, 2026-11-23. */
const publicationBytes = 1_048_576;

/** Source: the sample connection string of Azure/azure-event-hubs-emulator-installer, 2026-11-23. */
const sampleAccess = { keyName: 'RootManageSharedAccessKey', key: 'SAS_KEY_VALUE' };

/** What the control interface turns, but for the faults and the throughput units. */
interface Dials {
  retention: NonNullable<EventHubOptions['retention']>;
  clockOffsetMs: number;
}

function controlOf({ faultBox, throughput, namespace }: HubContext, dials: Dials): EventHubControl {
  return {
    faults: faultBox.faults,
    throughputUnits: throughput.units,
    setThroughputUnits: throughput.setUnits,
    retention: () => dials.retention,
    setRetention(retention) {
      dials.retention = retention;
      namespace.trim();
    },
    clockOffsetMs: () => dials.clockOffsetMs,
    setClockOffsetMs(offsetMs) {
      dials.clockOffsetMs = offsetMs;
      namespace.trim();
    },
  };
}

function warnOperator(message: string): void {
  process.stderr.write(`event hub: ${message}\n`);
}

/** @param striking - what the faults do that strike at once. */
export function openHubContext(options: EventHubOptions, striking: StrikingFaults) {
  const { nowMs = Date.now, keyName, key, acceptsJwt = false } = options;
  const dials: Dials = { retention: options.retention ?? {}, clockOffsetMs: 0 };
  let turn = 0;
  const context: HubContext = {
    namespace: openNamespace({
      hubs: options.hubs,
      dataDir: options.dataDir,
      onWarning: options.onWarning ?? warnOperator,
      retention: () => dials.retention,
      nowMs: () => nowMs() + dials.clockOffsetMs,
    }),
    access: { keyName: keyName ?? sampleAccess.keyName, key: key ?? sampleAccess.key, acceptsJwt },
    faultBox: faultBox(striking),
    reorderGate: reorderGate(),
    throughput: throughputMeter(nowMs, options.throughputUnits),
    counters: { receivedEventCount: 0, deliveredEventCount: 0, rejectedSendCount: 0 },
    maxMessageBytes: options.maxMessageBytes ?? publicationBytes,
    nowMs,
    nextPartitionIndex(partitionCount) {
      turn += 1;
      return (turn - 1) % partitionCount;
    },
  };
  return { context, control: controlOf(context, dials) };
}

/**
 * Whom the suite asks: the stand-in, or whatever namespace `EVENTHUBS_CONFORMANCE` names. That one
 * needs a hub `photos` (or the string's EntityPath) with four partitions and consumer group `app`.
 */
import {
  type EventDataBatch,
  parseEventHubConnectionString,
  type ReceivedEventData,
} from '@azure/event-hubs';
import { afterAll, beforeAll, describe } from 'vitest';
import type { EventHubOptions } from '../../../../local/eventHub/eventHubOptions.ts';
import { type EventHub, startEventHub } from '../../../../local/eventHub/startEventHub.ts';
import { type Clients, clientsOf, read } from './clients.ts';

const asked = process.env['EVENTHUBS_CONFORMANCE'];

const hubName = (asked && parseEventHubConnectionString(asked).eventHubName) ?? 'photos';

/** Without the hub's name, which clients give themselves. */
const askedNamespace = asked?.replace(/;?EntityPath=[^;]*/i, '');

type SentEvent = Parameters<EventDataBatch['tryAdd']>[0];

export interface Subject extends Clients {
  readonly hubName: string;
  connectionString(): string;
  /** The sequence number the partition's next event gets; tests share a hub. */
  nextSequenceNumber(partitionId: string): Promise<number>;
  /** Sends to a partition and reads back what was sent. */
  echo(partitionId: string, events: readonly SentEvent[]): Promise<ReceivedEventData[]>;
}

/** A namespace for this file, with clients that are closed after each test. */
export function conformanceTarget(options: Partial<EventHubOptions> = {}): Subject {
  let hub: EventHub | undefined;
  beforeAll(async () => {
    if (askedNamespace !== undefined) return;
    const hubs = [{ name: 'photos', partitionCount: 4, consumerGroups: ['app'] }];
    hub = await startEventHub({ hubs, ...options });
  });
  afterAll(() => hub?.stop());
  const connectionString = (): string => askedNamespace ?? hub?.connectionString ?? '';
  const clients = clientsOf(connectionString, hubName);
  const nextSequenceNumber = async (partitionId: string): Promise<number> => {
    const properties = await clients.producer().getPartitionProperties(partitionId);
    return properties.lastEnqueuedSequenceNumber + 1;
  };
  return {
    ...clients,
    hubName,
    connectionString,
    nextSequenceNumber,
    async echo(partitionId, events) {
      const sequenceNumber = await nextSequenceNumber(partitionId);
      const producer = clients.producer();
      const batch = await producer.createBatch({ partitionId });
      for (const event of events) batch.tryAdd(event);
      await producer.sendBatch(batch);
      const startPosition = { sequenceNumber, isInclusive: true };
      return read(clients.consumer(), partitionId, { startPosition }).received(events.length);
    },
  };
}

/** Says loudly what is left out: it counts for nothing. */
function describeUnless(isLeftOut: boolean, area: string, define: () => void): void {
  if (isLeftOut) process.stderr.write(`NOT CHECKED against EVENTHUBS_CONFORMANCE: ${area}\n`);
  describe.skipIf(isLeftOut)(area, define);
}

/** What only the stand-in can be asked. */
export function standInOnly(area: string, define: () => void): void {
  describeUnless(asked !== undefined, area, define);
}

/** What the official emulator cannot be asked: it takes any key. */
export function whereKeysAreChecked(area: string, define: () => void): void {
  describeUnless(/UseDevelopmentEmulator=true/i.test(asked ?? ''), area, define);
}

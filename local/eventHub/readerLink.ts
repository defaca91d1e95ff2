/**
 * Feeds one reader from its partition, as fast as its credit allows. Events go out settled: some
 * clients never settle them, and rhea would stop for good once its buffer of unsettled ones is full.
 */
import type { Sender } from 'rhea';
import { type Feed, type Pump, startPump } from './deliveryPump.ts';
import { withRuntimeMetrics } from './eventBytes.ts';
import type { HubContext } from './hubContext.ts';
import type { StoredEvent } from './logFile.ts';
import type { Entity, Hub } from './namespace.ts';
import type { Partition } from './partition.ts';
import type { Reader } from './readerTable.ts';
import { amqpError, Refusal } from './refusal.ts';
import {
  desiredCapabilities,
  linkProperty,
  offerCapability,
  selectorFilter,
} from './rheaServer.ts';
import { startPosition } from './startPosition.ts';

const runtimeMetric = 'com.microsoft:enable-receiver-runtime-metric';

/** @param again - whether an event is to be delivered once more. */
function eventReader(partition: Partition, first: number, again: () => boolean) {
  let next = first;
  let repeated: StoredEvent | undefined;
  return (): StoredEvent | undefined => {
    if (repeated) {
      const event = repeated;
      repeated = undefined;
      return event;
    }
    // The oldest events may have expired under a slow reader.
    next = Math.max(next, partition.firstSequenceNumber());
    const event = partition.at(next);
    if (!event) return undefined;
    next += 1;
    if (again()) repeated = event;
    return event;
  };
}

function ownerLevel(sender: Sender): number | undefined {
  const epoch = linkProperty(sender, 'com.microsoft:epoch');
  return epoch === undefined || epoch === null ? undefined : Number(epoch);
}

function readerName(sender: Sender): string | undefined {
  const name = linkProperty(sender, 'com.microsoft:receiver-name');
  return typeof name === 'string' ? name : undefined;
}

function wantsMetrics(sender: Sender): boolean {
  const isWanted = desiredCapabilities(sender).includes(runtimeMetric);
  if (isWanted) offerCapability(sender, runtimeMetric);
  return isWanted;
}

function feedOf(sender: Sender, { hub, partition }: ReadEntity, context: HubContext): Feed {
  const at = { hub: hub.name, partitionId: partition.id };
  const first = partition.seek(startPosition(selectorFilter(sender)));
  const nextEvent = eventReader(partition, first, () => context.faultBox.takeForDelivery(at));
  const hasMetrics = wantsMetrics(sender);
  const sendBytes = (): number | undefined => {
    const event = nextEvent();
    if (!event) return undefined;
    const last = hasMetrics ? partition.last() : undefined;
    const bytes = last ? withRuntimeMetrics(event, last, context.nowMs()) : event.bytes;
    sender.send(bytes, undefined, 0);
    context.counters.deliveredEventCount += 1;
    return bytes.length;
  };
  return { sender, at, sendBytes };
}

interface ReadEntity {
  readonly hub: Hub;
  readonly partition: Partition;
  readonly consumerGroup: string;
}

function readEntity({ hub, partition, consumerGroup }: Entity): ReadEntity {
  if (partition && consumerGroup !== undefined) return { hub, partition, consumerGroup };
  throw new Refusal('amqp:not-allowed', 'Reading needs a consumer group and a partition.');
}

/** @returns what must be called when the link, its session or its connection is gone. */
export function serveReader(sender: Sender, entity: Entity, context: HubContext): () => void {
  const { hub, partition, consumerGroup } = readEntity(entity);
  const feed = feedOf(sender, { hub, partition, consumerGroup }, context);
  let pump: Pump | undefined;
  const reader: Reader = {
    seat: `${consumerGroup}/${partition.id}`,
    name: readerName(sender),
    ownerLevel: ownerLevel(sender),
    evict(reason) {
      pump?.stop();
      sender.close(amqpError(reason.condition, reason.message));
    },
  };
  hub.readers.admit(reader);
  pump = startPump(feed, context);
  const unwatch = partition.watch(pump.wake);
  sender.on('sender_flow', pump.wake);
  sender.on('sendable', pump.wake);
  sender.on('sender_draining', pump.drain);
  return () => {
    unwatch();
    pump.stop();
    hub.readers.leave(reader);
  };
}

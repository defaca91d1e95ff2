/**
 * Feeds one reader from its partition, as fast as its credit allows. Events go out settled: some
 * clients never settle them, and rhea would stop for good once its buffer of unsettled ones is full.
 */
import type { Sender } from 'rhea';
import { withRuntimeMetrics } from './eventBytes.ts';
import type { HubContext } from './hubContext.ts';
import type { StoredEvent } from './logFile.ts';
import type { Entity } from './namespace.ts';
import type { Partition } from './partition.ts';
import type { Reader } from './readerTable.ts';
import { amqpError, Refusal } from './refusal.ts';
import {
  desiredCapabilities,
  linkProperty,
  offerCapability,
  selectorFilter,
  sendableCount,
} from './rheaServer.ts';
import { startPosition } from './startPosition.ts';

/** Events per turn of the event loop, so that one reader cannot hold up the others. */
const turnEventCount = 500;

const runtimeMetric = 'com.microsoft:enable-receiver-runtime-metric';

interface Pump {
  readonly wake: () => void;
  readonly drain: () => void;
  readonly stop: () => void;
}

function eventReader(partition: Partition, first: number): () => StoredEvent | undefined {
  let next = first;
  return () => {
    // The oldest events may have expired under a slow reader.
    next = Math.max(next, partition.firstSequenceNumber());
    const event = partition.at(next);
    if (event) next += 1;
    return event;
  };
}

function startPump(sender: Sender, partition: Partition, send: () => boolean): Pump {
  let queuedCount = 0;
  let isScheduled = false;
  let isLive = true;
  const pump = (): void => {
    isScheduled = false;
    if (!isLive) return;
    const budget = Math.min(sendableCount(sender, queuedCount), turnEventCount);
    for (let left = budget; left > 0; left -= 1) {
      if (!send()) return;
      queuedCount += 1;
    }
    if (budget > 0) wake();
  };
  const wake = (): void => {
    if (isScheduled || !isLive) return;
    isScheduled = true;
    setImmediate(pump);
  };
  const unwatch = partition.watch(wake);
  return {
    wake,
    drain() {
      pump();
      // Draining counts unused credit as if it had been delivered.
      queuedCount += Math.max(0, sendableCount(sender, queuedCount));
      sender.set_drained(true);
    },
    stop() {
      isLive = false;
      unwatch();
    },
  };
}

function ownerLevel(sender: Sender): number | undefined {
  const epoch = linkProperty(sender, 'com.microsoft:epoch');
  return epoch === undefined || epoch === null ? undefined : Number(epoch);
}

function wantsMetrics(sender: Sender): boolean {
  const isWanted = desiredCapabilities(sender).includes(runtimeMetric);
  if (isWanted) offerCapability(sender, runtimeMetric);
  return isWanted;
}

function eventSender(sender: Sender, partition: Partition, context: HubContext): () => boolean {
  const nextEvent = eventReader(partition, partition.seek(startPosition(selectorFilter(sender))));
  const hasMetrics = wantsMetrics(sender);
  return () => {
    const event = nextEvent();
    if (!event) return false;
    const last = hasMetrics ? partition.last() : undefined;
    const bytes = last ? withRuntimeMetrics(event, last, context.nowMs()) : event.bytes;
    sender.send(bytes, undefined, 0);
    context.counters.deliveredEventCount += 1;
    return true;
  };
}

/** @returns what must be called when the link, its session or its connection is gone. */
export function serveReader(sender: Sender, entity: Entity, context: HubContext): () => void {
  const { hub, partition, consumerGroup } = entity;
  if (!partition || consumerGroup === undefined) {
    throw new Refusal('amqp:not-allowed', 'Reading needs a consumer group and a partition.');
  }
  const send = eventSender(sender, partition, context);
  let pump: Pump | undefined;
  const reader: Reader = {
    seat: `${consumerGroup}/${partition.id}`,
    ownerLevel: ownerLevel(sender),
    evict(reason) {
      pump?.stop();
      sender.close(amqpError(reason.condition, reason.message));
    },
  };
  hub.readers.admit(reader);
  pump = startPump(sender, partition, send);
  sender.on('sender_flow', pump.wake);
  sender.on('sendable', pump.wake);
  sender.on('sender_draining', pump.drain);
  return () => {
    pump.stop();
    hub.readers.leave(reader);
  };
}

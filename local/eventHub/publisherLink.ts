/** Takes what a producer sends: to one partition, by key, or round robin. */
import type { Delivery, EventContext, Receiver } from 'rhea';
import { type IncomingBatch, readBatch } from './eventBytes.ts';
import { type Place, serverBusy } from './faults.ts';
import type { HubContext } from './hubContext.ts';
import type { Entity } from './namespace.ts';
import type { Partition } from './partition.ts';
import { partitionOf } from './partitionHash.ts';
import { errorFrom, Refusal } from './refusal.ts';

/** The message border keeps rhea from decoding what comes here. */
function wireBytes({ message }: EventContext): Buffer {
  const content: unknown = message;
  if (Buffer.isBuffer(content)) return content;
  throw new Refusal('amqp:decode-error', 'The transfer carries no message.');
}

function targetPartition(entity: Entity, batch: IncomingBatch, context: HubContext): Partition {
  const { hub, partition } = entity;
  if (partition) return partition;
  const partitionCount = hub.partitions.length;
  const index =
    batch.partitionKey === undefined
      ? context.nextPartitionIndex(partitionCount)
      : partitionOf(batch.partitionKey, partitionCount);
  return context.namespace.partition(hub, String(index));
}

function mustFit(bytes: Buffer, maxMessageBytes: number): void {
  if (bytes.length <= maxMessageBytes) return;
  throw new Refusal(
    'amqp:link:message-size-exceeded',
    `The received message (size:${bytes.length} bytes) exceeds the limit ` +
      `(${maxMessageBytes} bytes) currently allowed on the link.`,
  );
}

function mustPass(batch: IncomingBatch, bytes: Buffer, at: Place, context: HubContext): void {
  const refusal = context.faultBox.takeForSend(at);
  if (refusal) throw refusal;
  if (!context.throughput.takeIn(batch.events.length, bytes.length)) throw serverBusy();
}

/** @returns where the events went. */
function store(event: EventContext, entity: Entity, context: HubContext): Place {
  const bytes = wireBytes(event);
  mustFit(bytes, context.maxMessageBytes);
  const batch = readBatch(bytes, event.delivery?.format ?? 0);
  const partition = targetPartition(entity, batch, context);
  const at = { hub: entity.hub.name, partitionId: partition.id };
  mustPass(batch, bytes, at, context);
  partition.append(batch.events, entity.partition ? undefined : batch.partitionKey);
  context.counters.receivedEventCount += batch.events.length;
  return at;
}

function accept(receiver: Receiver, delivery: Delivery | undefined, delayMs: number): void {
  if (delayMs === 0) {
    delivery?.accept();
    return;
  }
  setTimeout(() => {
    if (!receiver.is_closed()) delivery?.accept();
  }, delayMs).unref();
}

export function servePublisher(receiver: Receiver, entity: Entity, context: HubContext): void {
  receiver.on('message', (event: EventContext) => {
    // Sent before the client heard that the link is closed: it will send it again.
    if (!receiver.is_open()) return;
    try {
      const at = store(event, entity, context);
      accept(receiver, event.delivery, context.faultBox.delayMs('answers', at));
    } catch (error) {
      context.counters.rejectedSendCount += 1;
      event.delivery?.reject(errorFrom(error, 'amqp:decode-error'));
    }
  });
}

/**
 * Answers the two questions of `$management`: what a hub looks like, and where a partition stands.
 * Source: Microsoft Learn, "AMQP 1.0 in Event Hubs protocol guide", management, read 2026-11-23.
 */
import rhea from 'rhea';
import type { Hub, Namespace } from './namespace.ts';
import type { Partition } from './partition.ts';
import { Refusal } from './refusal.ts';

const { types } = rhea;

/** Type code of a short string, for arrays of them. */
const stringTypeCode = 0xa1;

function hubProperties(hub: Hub): Record<string, unknown> {
  const ids = hub.partitions.map(({ id }) => id);
  return {
    type: 'com.microsoft:eventhub',
    name: hub.name,
    created_at: types.wrap_timestamp(hub.createdAtMs),
    partition_count: types.wrap_int(ids.length),
    partition_ids: types.wrap_array(ids, stringTypeCode, undefined),
    georeplication_factor: types.wrap_int(1),
  };
}

/**
 * An empty partition begins where it ends: at -1, or at its last event where retention took them all.
 * Source: Azure/azure-event-hubs-spark, EventHubsClient; azure-event-hubs-java, live tests, 2026-11-25.
 */
function partitionProperties(hub: Hub, partition: Partition): Record<string, unknown> {
  const isEmpty = partition.isEmpty();
  const last = partition.last();
  const lastSequenceNumber = last?.sequenceNumber ?? -1;
  return {
    type: 'com.microsoft:partition',
    name: hub.name,
    partition: partition.id,
    begin_sequence_number: types.wrap_long(
      isEmpty ? lastSequenceNumber : partition.firstSequenceNumber(),
    ),
    last_enqueued_sequence_number: types.wrap_long(lastSequenceNumber),
    last_enqueued_offset: String(last?.offset ?? -1),
    last_enqueued_time_utc: types.wrap_timestamp(last?.enqueuedAtMs ?? 0),
    is_partition_empty: isEmpty,
  };
}

export function managementReply(
  namespace: Namespace,
  request: Record<string, unknown>,
): Record<string, unknown> {
  const { operation, type, name, partition } = request;
  if (operation !== 'READ') {
    throw new Refusal('amqp:not-implemented', `Unknown operation '${String(operation)}'.`);
  }
  const hub = namespace.hub(String(name));
  if (type === 'com.microsoft:eventhub') return hubProperties(hub);
  if (type === 'com.microsoft:partition') {
    return partitionProperties(hub, namespace.partition(hub, String(partition)));
  }
  throw new Refusal('amqp:not-implemented', `Unknown type '${String(type)}'.`);
}

/**
 * How far the trigger is behind: the last event of each partition, from the hub, minus the one of its
 * checkpoint, from the host's own storage. Source: functions host, container
 * `azure-webjobs-eventhub`, blobs `namespace/hub/group/checkpoint/partition`, seen 2026-11-23.
 */
import type { CheckpointStore, EventHubProducerClient } from '@azure/event-hubs';
import { messageOf, PipelineError } from '../../errors.ts';
import type { HubLagReader, PartitionLag } from '../../telemetry/hubLag.ts';

export function eventHubLagReader(
  client: EventHubProducerClient,
  checkpoints: Pick<CheckpointStore, 'listCheckpoints'>,
  consumerGroup: string,
): HubLagReader {
  const hub = client.eventHubName;
  return {
    async read(abortSignal) {
      try {
        const [ids, known] = await Promise.all([
          client.getPartitionIds({ abortSignal }),
          checkpoints.listCheckpoints(client.fullyQualifiedNamespace, hub, consumerGroup),
        ]);
        const doneUntil = new Map(known.map((at) => [at.partitionId, at.sequenceNumber]));
        return await Promise.all(
          ids.map(async (partition): Promise<PartitionLag> => {
            const properties = await client.getPartitionProperties(partition, { abortSignal });
            const { isEmpty, lastEnqueuedSequenceNumber, beginningSequenceNumber } = properties;
            // Nothing was worked on yet: all that is kept.
            const done = doneUntil.get(partition) ?? beginningSequenceNumber - 1;
            const eventCount = isEmpty ? 0 : Math.max(0, lastEnqueuedSequenceNumber - done);
            return { hub, partition, eventCount };
          }),
        );
      } catch (error) {
        const message = `could not see how far the readers of ${hub} are: ${messageOf(error)}`;
        throw new PipelineError('EVENTS_UNAVAILABLE', message, { hub }, { cause: error });
      }
    },
  };
}

/** Reads outcomes from the predictions hub: at least once, so it remembers what it has seen. */
import {
  type CheckpointStore,
  EventHubConsumerClient,
  earliestEventPosition,
} from '@azure/event-hubs';

interface ResultEvent {
  id: string;
  data: {
    outcome: 'predicted' | 'rejected' | 'dead';
    photo?: { container: string; blobName: string };
    decision?: { tag: string; confidence: number; isUncertain: boolean };
    rejection?: { reason: string };
    death?: { reason: string };
  };
}

export function consumeOutcomes(
  connectionString: string,
  checkpoints: CheckpointStore,
  onOutcome: (event: ResultEvent) => Promise<void>,
) {
  const group = EventHubConsumerClient.defaultConsumerGroupName;
  const client = new EventHubConsumerClient(group, connectionString, 'predictions', checkpoints);
  const seen = new Set<string>();
  const subscription = client.subscribe(
    {
      async processEvents(events, partition) {
        for (const { body } of events) {
          if (seen.has(body.id)) continue;
          await onOutcome(body);
          seen.add(body.id);
        }
        const last = events.at(-1);
        if (last) await partition.updateCheckpoint(last);
      },
      async processError(error) {
        // A partition moving to another reader is daily business; anything else is worth a look.
        process.emitWarning(error.message);
      },
    },
    // Only where there is no checkpoint yet.
    { startPosition: earliestEventPosition, maxBatchSize: 50, maxWaitTimeInSeconds: 1 },
  );
  return { close: () => subscription.close().then(() => client.close()) };
}

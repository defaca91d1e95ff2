/** What the report of the quota looks at, beside what every photo needs. */
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { blobClaimTallyReader } from '../shared/adapters/blob/claimTallyReader.ts';
import { eventHubLagReader } from '../shared/adapters/eventHubs/hubLagReader.ts';
import { storageBacklogReader } from '../shared/adapters/queue/backlogReader.ts';
import type { ReportDeps } from '../shared/pipeline/reportQuota.ts';
import { names, type Settings } from '../shared/settings.ts';
import type { HubLagReader } from '../shared/telemetry/hubLag.ts';
import type { Connections } from './connections.ts';

/** Source: Azure Functions host, Event Hubs extension, 2026-11-23. */
const checkpointContainer = 'azure-webjobs-eventhub';
const consumerGroup = '$Default';

type Sources = Pick<ReportDeps, 'backlog' | 'claimTally' | 'hubLag'>;

export async function reportSources(
  settings: Settings,
  connections: Connections,
): Promise<Sources> {
  const queues = await connections.queues('ResultsStorage');
  const poisoned = [queues.getQueueClient(names.deferredPoisonQueue)];
  if (settings.PhotosStorage ?? settings.PhotosStorage__queueServiceUri) {
    const beside = await connections.queues('PhotosStorage');
    poisoned.push(beside.getQueueClient(names.uploadPoisonQueue));
  }
  const results = await connections.blobs('ResultsStorage');
  return {
    backlog: storageBacklogReader(queues.getQueueClient(names.deferredQueue), poisoned),
    claimTally: blobClaimTallyReader(results.getContainerClient(names.claimsContainer)),
    hubLag: await hubLag(settings, connections),
  };
}

/** The connection to the hub lives for one reading: nobody else needs it. */
async function hubLag(
  settings: Settings,
  connections: Connections,
): Promise<HubLagReader | undefined> {
  if (!(settings.AzureWebJobsStorage ?? settings.AzureWebJobsStorage__blobServiceUri)) return;
  const storage = await connections.blobs('AzureWebJobsStorage');
  const checkpoints = new BlobCheckpointStore(storage.getContainerClient(checkpointContainer));
  return {
    async read(signal) {
      const client = await connections.hub(names.capturesHub);
      try {
        return await eventHubLagReader(client, checkpoints, consumerGroup).read(signal);
      } finally {
        await client.close();
      }
    },
  };
}

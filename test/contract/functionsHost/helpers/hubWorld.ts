/** Storage and hubs for hosts of the hub app, and what they leave in the checkpoint container. */
import { type EventData, EventHubProducerClient } from '@azure/event-hubs';
import { BlobServiceClient } from '@azure/storage-blob';
import { type EventHub, startEventHub } from '../../../../local/eventHub/startEventHub.ts';
import type { FunctionsHostOptions } from '../../../../local/functionsHost/options.ts';
import { startFunctionsHostProcess } from '../../../../local/functionsHost/startFunctionsHostProcess.ts';
import { type Storage, startStorage } from '../../../../local/storage/startStorage.ts';
import { logBook } from './logBook.ts';

const entry = new URL('hubApp.ts', import.meta.url).pathname;

export type HubWorld = Awaited<ReturnType<typeof startHubWorld>>;

export async function startHubWorld(hubs: Readonly<Record<string, number>>) {
  const specifications = Object.entries(hubs).map(([name, partitionCount]) => ({
    name,
    partitionCount,
    consumerGroups: [],
  }));
  const [storage, hub] = await Promise.all([
    startStorage(),
    startEventHub({ hubs: specifications }),
  ]);
  return { ...worldOf(storage, hub), stop: () => Promise.all([hub.stop(), storage.stop()]) };
}

function worldOf(storage: Storage, hub: EventHub) {
  const container = BlobServiceClient.fromConnectionString(
    storage.connectionString,
  ).getContainerClient('azure-webjobs-eventhub');
  return {
    hub,
    storage,
    async start(functions: readonly string[], given: Partial<FunctionsHostOptions> = {}) {
      const book = logBook();
      const { hostJson = {}, settings = {}, ...rest } = given;
      const host = await startFunctionsHostProcess({
        entry,
        settings: {
          AzureWebJobsStorage: storage.connectionString,
          Hubs: hub.connectionString,
          ...settings,
        },
        hostJson: { functions, ...(hostJson as object) },
        onLog: book.onLog,
        ...rest,
      });
      return { host, book };
    },
    async send(hubName: string, events: EventData[], partitionId = '0') {
      const producer = new EventHubProducerClient(hub.connectionString, hubName);
      await producer.sendBatch(events, { partitionId });
      await producer.close();
    },
    /** The blobs of a hub below `checkpoint` or `ownership`. */
    async blobs(hubName: string, folder: 'checkpoint' | 'ownership') {
      const prefix = `127.0.0.1/${hubName}/$default/${folder}/`;
      const listed = container.listBlobsFlat({ prefix, includeMetadata: true });
      const blobs = await Array.fromAsync(listed);
      return blobs.map(({ name, metadata = {}, properties }) => ({
        partitionId: name.slice(prefix.length),
        sizeBytes: properties.contentLength,
        metadata,
      }));
    },
    async checkpoint(hubName: string): Promise<string | undefined> {
      const [blob] = await this.blobs(hubName, 'checkpoint');
      return blob?.metadata['sequencenumber'];
    },
  };
}

export const told = (does: string, body = does): EventData => ({
  body: Buffer.from(body),
  properties: { does },
});

/** A world as its users see it: SDKs outside, nothing of the app imported but its public schemas. */
import {
  type EventData,
  EventHubConsumerClient,
  EventHubProducerClient,
  earliestEventPosition,
} from '@azure/event-hubs';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import type { Backends } from '../../local/world.ts';
import { type ResultDocument, resultDocumentSchema } from '../../shared/results/resultDocument.ts';
import { type ResultEvent, resultEventSchema } from '../../shared/results/resultEvent.ts';

export function worldClient(world: Backends) {
  const { connectionString } = world.storage;
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  const hub = world.eventHub.connectionString;
  const producer = new EventHubProducerClient(hub, 'captures');
  const consumer = new EventHubConsumerClient('$Default', hub, 'predictions');
  const events: ResultEvent[] = [];
  const subscription = consumer.subscribe(
    {
      processEvents: async (received) => {
        events.push(...received.map(({ body }) => resultEventSchema.parse(body)));
      },
      processError: async (error) => {
        throw error;
      },
    },
    { startPosition: earliestEventPosition, maxBatchSize: 50, maxWaitTimeInSeconds: 1 },
  );
  const results = blobs.getContainerClient('results');

  async function documents(): Promise<ResultDocument[]> {
    const found: ResultDocument[] = [];
    for await (const { name } of results.listBlobsFlat()) {
      const bytes = await results.getBlobClient(name).downloadToBuffer();
      found.push(resultDocumentSchema.parse(JSON.parse(bytes.toString('utf8'))));
    }
    return found;
  }

  return {
    blobs,
    events,
    documents,
    async upload(
      blobName: string,
      bytes: Buffer,
      metadata: Record<string, string> = {},
      container = 'photos',
    ): Promise<string> {
      const client = blobs.getContainerClient(container).getBlockBlobClient(blobName);
      const { etag = '' } = await client.uploadData(bytes, { metadata });
      return etag;
    },
    send: (...batch: EventData[]) => producer.sendBatch(batch),
    /** Everything parked, invisible messages too. */
    async parkedCount(): Promise<number> {
      const properties = await queues.getQueueClient('deferred-predictions').getProperties();
      return properties.approximateMessagesCount ?? 0;
    },
    /** As the host leaves a message that it gave up on. */
    async poison(queueName: string, body: unknown): Promise<void> {
      const text = Buffer.from(JSON.stringify(body)).toString('base64');
      await queues.getQueueClient(queueName).sendMessage(text);
    },
    async close() {
      await subscription.close();
      await Promise.all([consumer.close(), producer.close()]);
    },
  };
}

export type WorldClient = ReturnType<typeof worldClient>;

export function capturePointer(data: Record<string, unknown>, id = 'e-1') {
  const type = 'io.sightglass.capture.v1';
  return { body: { specversion: '1.0', id, source: '/test', type, data } };
}

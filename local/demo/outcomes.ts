/** Waits for the demo's outcomes as a consumer would: on the predictions hub, then in storage. */
import { EventHubConsumerClient, earliestEventPosition } from '@azure/event-hubs';
import { BlobServiceClient } from '@azure/storage-blob';
import { type ResultDocument, resultDocumentSchema } from '../../shared/results/resultDocument.ts';
import { resultEventSchema } from '../../shared/results/resultEvent.ts';
import { names } from '../../shared/settings.ts';
import type { World } from '../world.ts';
import type { DemoInput } from './inputs.ts';

export interface ReceivedEvent {
  readonly id: string;
  readonly device: string;
  readonly receivedAtMs: number;
}

export interface Collected {
  readonly events: readonly ReceivedEvent[];
  readonly documents: readonly ResultDocument[];
}

export interface Patience {
  readonly patienceMs: number;
  readonly onProgress: (doneCount: number) => void;
}

/** Resolves when every input was announced, or patience ran out: the check says what is missing. */
export async function awaitOutcomes(
  world: World,
  inputs: readonly DemoInput[],
  { patienceMs, onProgress }: Patience,
): Promise<Collected> {
  const labels = new Set(inputs.map(({ label }) => label));
  const events: ReceivedEvent[] = [];
  const announced = new Set<string>();
  const consumer = new EventHubConsumerClient(
    EventHubConsumerClient.defaultConsumerGroupName,
    world.eventHub.connectionString,
    names.predictionsHub,
  );
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, patienceMs);
    const finish = () => {
      clearTimeout(timer);
      resolve();
    };
    consumer.subscribe(
      {
        async processEvents(received) {
          for (const { body } of received) {
            const event = receivedEvent(body);
            if (!labels.has(event.device)) continue;
            events.push(event);
            announced.add(event.device);
          }
          onProgress(announced.size);
          if (announced.size === labels.size) finish();
        },
        processError: async (error) => reject(error),
      },
      { startPosition: earliestEventPosition, maxBatchSize: 50, maxWaitTimeInSeconds: 1 },
    );
  });
  await consumer.close();
  return { events, documents: await readDocuments(world, labels) };
}

function receivedEvent(body: unknown): ReceivedEvent {
  const { id, data } = resultEventSchema.parse(body);
  const receivedAtMs = performance.timeOrigin + performance.now();
  return { id, device: data.source.device ?? '', receivedAtMs };
}

async function readDocuments(
  { storage }: World,
  labels: ReadonlySet<string>,
): Promise<ResultDocument[]> {
  const service = BlobServiceClient.fromConnectionString(storage.connectionString);
  const container = service.getContainerClient(names.resultsContainer);
  const documents: ResultDocument[] = [];
  for await (const { name } of container.listBlobsFlat()) {
    const bytes = await container.getBlobClient(name).downloadToBuffer();
    const document = resultDocumentSchema.parse(JSON.parse(bytes.toString('utf8')));
    if (labels.has(document.source.device ?? '')) documents.push(document);
  }
  return documents;
}

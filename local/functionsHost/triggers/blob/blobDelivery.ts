/** Brings one blob to the function: again on failure, and to the poison queue in the end. */
import type { BlobServiceClient } from '@azure/storage-blob';
import type { QueueServiceClient } from '@azure/storage-queue';
import type { BlobTrigger } from '../../app/functionMetadata.ts';
import type { TypedData } from '../../app/typedData.ts';
import type { ListenerContext, Served } from '../listener.ts';
import { blobMetadata, type ListedBlob } from './blobMetadata.ts';
import type { BlobPattern } from './blobPattern.ts';

const poisonQueueName = 'webjobs-blobtrigger-poison';

export interface BlobDeliveryOptions {
  readonly context: ListenerContext;
  readonly served: Served<BlobTrigger>;
  readonly pattern: BlobPattern;
  readonly blobs: BlobServiceClient;
  readonly queues: QueueServiceClient;
}

export type DeliverBlob = (container: string, blobName: string) => Promise<void>;

export function blobDelivery(options: BlobDeliveryOptions): DeliverBlob {
  const { context, served, pattern, blobs } = options;
  const { poisonBlobThreshold } = context.hostJson.extensions.blobs;

  /** @returns the blob where the function failed on it, `undefined` where all is done. */
  async function attempt(container: string, blobName: string): Promise<ListedBlob | undefined> {
    const blob = await find(blobs, container, blobName);
    // Gone since the event: nothing to do, nothing to report.
    if (!blob) return undefined;
    const result = await context.invocations.run(served.called, {
      data: await triggerData(served.trigger, blobs, blob),
      metadata: blobMetadata(blob, pattern.match(container, blobName)),
    });
    return result.kind === 'failed' ? blob : undefined;
  }

  return async (container, blobName) => {
    let failed: ListedBlob | undefined;
    for (let attemptCount = 0; attemptCount < poisonBlobThreshold; attemptCount += 1) {
      failed = await attempt(container, blobName);
      if (!failed) return;
    }
    if (failed) await poison(options, failed);
  };
}

async function find(
  blobs: BlobServiceClient,
  container: string,
  blobName: string,
): Promise<ListedBlob | undefined> {
  const client = blobs.getContainerClient(container);
  const pages = client
    .listBlobsFlat({ prefix: blobName, includeMetadata: true })
    .byPage({ maxPageSize: 1 });
  try {
    // The exact name sorts before every longer one.
    for await (const page of pages) {
      const [item] = page.segment.blobItems;
      if (item?.name !== blobName) return undefined;
      return { container, uri: client.getBlobClient(blobName).url, item };
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return undefined;
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 404;
}

async function triggerData(
  { properties, connection, dataType }: BlobTrigger,
  blobs: BlobServiceClient,
  { container, item }: ListedBlob,
): Promise<TypedData> {
  if (properties.supportsDeferredBinding === 'true') {
    const reference = { Connection: connection, ContainerName: container, BlobName: item.name };
    const content = Buffer.from(JSON.stringify(reference));
    const source = 'AzureStorageBlobs';
    return {
      modelBindingData: { version: '1.0', source, contentType: 'application/json', content },
    };
  }
  const client = blobs.getContainerClient(container).getBlobClient(item.name);
  const bytes =
    item.properties.contentLength === 0 ? Buffer.alloc(0) : await client.downloadToBuffer();
  return dataType === 'string' ? { string: bytes.toString('utf8') } : { bytes };
}

async function poison(
  { context, served, queues }: BlobDeliveryOptions,
  { container, item }: ListedBlob,
): Promise<void> {
  const { name } = served.called;
  const message = {
    Type: 'BlobTrigger',
    FunctionId: `Host.Functions.${name}`,
    BlobType: item.properties.blobType ?? 'BlockBlob',
    ContainerName: container,
    BlobName: item.name,
    ETag: `"${item.properties.etag.replaceAll('"', '')}"`,
  };
  const queue = queues.getQueueClient(poisonQueueName);
  await queue.createIfNotExists();
  await queue.sendMessage(Buffer.from(JSON.stringify(message)).toString('base64'));
  context.log('warning', `${name} gave up on ${container}/${item.name}`);
}

/** A blob as its function gets it: bytes, text or a reference, and what the event says of it. */
import type { BlobServiceClient } from '@azure/storage-blob';
import type { BlobTrigger } from '../../app/functionMetadata.ts';
import type { InvocationRequest } from '../../app/invocation.ts';
import type { TypedData } from '../../app/typedData.ts';
import { isMissing } from '../storageError.ts';
import { blobMetadata, type ListedBlob } from './blobMetadata.ts';
import type { BlobPattern } from './blobPattern.ts';

/** @returns `undefined` where there is no such blob (any more). */
export async function findBlob(
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

export interface BlobSource {
  readonly trigger: BlobTrigger;
  readonly pattern: BlobPattern;
  readonly blobs: BlobServiceClient;
}

export async function blobRequest(
  { trigger, pattern, blobs }: BlobSource,
  blob: ListedBlob,
): Promise<InvocationRequest> {
  return {
    data: await triggerData(trigger, blobs, blob),
    metadata: blobMetadata(blob, pattern.match(blob.container, blob.item.name)),
  };
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

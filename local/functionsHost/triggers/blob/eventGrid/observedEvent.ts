/** Events made of what storage shows: it doesn't say by which call a blob came, but it can be seen. */
import type { BlobItem, BlobServiceClient } from '@azure/storage-blob';
import { isMissing } from '../../storageError.ts';
import type { BlobApi, BlobEvent } from './blobEvent.ts';

let lastSequence = 0;

/** Grows across restarts too. */
function nextSequence(): number {
  lastSequence = Math.max(lastSequence + 1, Date.now() * 1_000);
  return lastSequence;
}

export async function createdEvent(
  blobs: BlobServiceClient,
  container: string,
  { name, properties }: BlobItem,
): Promise<BlobEvent> {
  return {
    ...common(blobs, container, name),
    type: 'Microsoft.Storage.BlobCreated',
    api: await apiOf(blobs, container, { name, properties }),
    blobType: properties.blobType ?? 'BlockBlob',
    contentType: properties.contentType ?? 'application/octet-stream',
    contentLength: properties.contentLength ?? 0,
    eTag: properties.etag.replaceAll('"', ''),
    atMs: properties.lastModified.getTime(),
  };
}

export function deletedEvent(
  blobs: BlobServiceClient,
  container: string,
  blobName: string,
): BlobEvent {
  return {
    ...common(blobs, container, blobName),
    type: 'Microsoft.Storage.BlobDeleted',
    api: 'DeleteBlob',
    blobType: 'BlockBlob',
    contentType: 'application/octet-stream',
    contentLength: 0,
    eTag: undefined,
    atMs: Date.now(),
  };
}

/** As of a blob that was uploaded and is gone again before anybody looked. */
export function lostEvent(
  blobs: BlobServiceClient,
  container: string,
  blobName: string,
): BlobEvent {
  const eTag = `0x${nextSequence().toString(16).toUpperCase()}`;
  const type = 'Microsoft.Storage.BlobCreated';
  return { ...deletedEvent(blobs, container, blobName), type, api: 'PutBlob', eTag };
}

function common(blobs: BlobServiceClient, container: string, blobName: string) {
  const { url } = blobs.getContainerClient(container).getBlobClient(blobName);
  return { account: blobs.accountName, container, blobName, url, sequence: nextSequence() };
}

async function apiOf(
  blobs: BlobServiceClient,
  container: string,
  { name, properties }: Pick<BlobItem, 'name' | 'properties'>,
): Promise<BlobApi> {
  if (properties.copyId !== undefined) return 'CopyBlob';
  if (properties.blobType !== 'BlockBlob') return 'PutBlob';
  const client = blobs.getContainerClient(container).getBlockBlobClient(name);
  try {
    const { committedBlocks = [] } = await client.getBlockList('committed');
    return committedBlocks.length > 0 ? 'PutBlockList' : 'PutBlob';
  } catch (error) {
    if (isMissing(error)) return 'PutBlob';
    throw error;
  }
}

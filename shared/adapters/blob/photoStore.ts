/** Photos in Blob storage. */
import {
  type BlobItem,
  type BlobServiceClient,
  type BlockBlobClient,
  RestError,
} from '@azure/storage-blob';
import { normalizeEtag, type PhotoRef, type PhotoVersion, photoPath } from '../../photo/photo.ts';
import type {
  OpenedPhoto,
  PageOf,
  PhotoBody,
  PhotoPage,
  PhotoStore,
  StoredPhoto,
} from '../../photo/photoStore.ts';
import { isStatus, storeUnavailable } from './blobErrors.ts';

export function blobPhotoStore(service: BlobServiceClient, pingContainer: string): PhotoStore {
  const clientOf = ({ container, blobName }: PhotoRef) =>
    service.getContainerClient(container).getBlockBlobClient(blobName);
  return {
    account: service.accountName,
    open: (ref, signal) => open(clientOf(ref), ref, signal),
    read: (version, signal) => read(clientOf(version), version, signal),
    list: (page, signal) => list(service, page, signal),
    put: (ref, photo, signal) => put(clientOf(ref), ref, photo, signal),
    async ping(abortSignal) {
      try {
        await service.getContainerClient(pingContainer).getProperties({ abortSignal });
      } catch (error) {
        throw storeUnavailable('reach container', pingContainer, error);
      }
    },
  };
}

async function open(
  client: BlockBlobClient,
  ref: PhotoRef,
  abortSignal: AbortSignal,
): Promise<OpenedPhoto> {
  try {
    const properties = await client.getProperties({ abortSignal });
    const version = versionOf(ref, properties);
    return { kind: 'found', version, context: properties.metadata ?? {} };
  } catch (error) {
    if (isStatus(error, 404)) return { kind: 'missing' };
    throw storeUnavailable('open photo', photoPath(ref), error);
  }
}

async function read(
  client: BlockBlobClient,
  version: PhotoVersion,
  abortSignal: AbortSignal,
): Promise<PhotoBody> {
  try {
    const conditions = { ifMatch: `"${version.etag}"` };
    const response = await client.download(0, undefined, { abortSignal, conditions });
    const bytes = await collect(response.readableStreamBody, version.contentLengthBytes);
    return { kind: 'bytes', bytes };
  } catch (error) {
    if (isStatus(error, 404)) return { kind: 'deleted' };
    if (!isStatus(error, 412)) throw storeUnavailable('read photo', photoPath(version), error);
    // A missing blob fails the condition as well: the headers tell the two apart.
    const now = await open(client, version, abortSignal);
    return { kind: now.kind === 'missing' ? 'deleted' : 'overwritten' };
  }
}

async function list(
  service: BlobServiceClient,
  { container, prefix = '', continuation, pageCount }: PageOf,
  abortSignal: AbortSignal,
): Promise<PhotoPage> {
  try {
    const from = continuation === undefined ? {} : { continuationToken: continuation };
    const pages = service
      .getContainerClient(container)
      .listBlobsFlat({ prefix, abortSignal })
      .byPage({ maxPageSize: pageCount, ...from });
    const { value } = await pages.next();
    const items: readonly BlobItem[] = value?.segment.blobItems ?? [];
    const versions = items.map(({ name, properties }) =>
      versionOf({ account: service.accountName, container, blobName: name }, properties),
    );
    return { versions, continuation: value?.continuationToken || undefined };
  } catch (error) {
    throw storeUnavailable('list photos', `${container}/${prefix}`, error);
  }
}

async function put(
  client: BlockBlobClient,
  ref: PhotoRef,
  { bytes, contentType, context }: StoredPhoto,
  abortSignal: AbortSignal,
): Promise<void> {
  try {
    await client.uploadData(bytes, {
      abortSignal,
      conditions: { ifNoneMatch: '*' },
      blobHTTPHeaders: { blobContentType: contentType },
      metadata: headerSafe(context),
    });
  } catch (error) {
    if (isStatus(error, 409) || isStatus(error, 412)) return;
    throw storeUnavailable('store photo', photoPath(ref), error);
  }
}

interface BlobHeaders {
  readonly etag?: string;
  readonly contentLength?: number;
  readonly contentType?: string;
  readonly lastModified?: Date;
}

function versionOf({ account, container, blobName }: PhotoRef, headers: BlobHeaders): PhotoVersion {
  return {
    account,
    container,
    blobName,
    etag: normalizeEtag(headers.etag ?? ''),
    contentLengthBytes: headers.contentLength ?? 0,
    contentType: headers.contentType || undefined,
    lastModifiedAtMs: headers.lastModified?.getTime() ?? 0,
  };
}

async function collect(
  body: NodeJS.ReadableStream | undefined,
  expectedBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body ?? []) chunks.push(Buffer.from(chunk));
  const bytes = Buffer.concat(chunks);
  if (bytes.length === expectedBytes) return bytes;
  throw new RestError(`read ${bytes.length} of ${expectedBytes} bytes`);
}

/** Metadata travels in headers: what ASCII can't hold is percent-encoded. */
function headerSafe(context: Readonly<Record<string, string>>): Record<string, string> {
  const safe = Object.entries(context).map(([key, value]) => [
    key,
    value.replaceAll(/[^\x20-\x7e]/gu, encodeURIComponent),
  ]);
  return Object.fromEntries(safe);
}

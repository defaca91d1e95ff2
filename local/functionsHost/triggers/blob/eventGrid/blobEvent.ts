/** What Event Grid says of a blob, in both of its schemas. */
import { randomUUID } from 'node:crypto';

// Source: Azure Blob Storage as an Event Grid source, 2026-11-25.
export const blobEventTypes = [
  'Microsoft.Storage.BlobCreated',
  'Microsoft.Storage.BlobDeleted',
] as const;
export const blobApis = [
  'PutBlob',
  'PutBlockList',
  'CopyBlob',
  'FlushWithClose',
  'DeleteBlob',
] as const;
export const eventSchemas = ['eventGrid', 'cloudEvents'] as const;

export type BlobEventType = (typeof blobEventTypes)[number];
export type BlobApi = (typeof blobApis)[number];
export type EventSchema = (typeof eventSchemas)[number];

export interface BlobEvent {
  readonly type: BlobEventType;
  readonly account: string;
  readonly container: string;
  readonly blobName: string;
  readonly url: string;
  readonly api: BlobApi;
  readonly blobType: string;
  readonly contentType: string;
  readonly contentLength: number;
  /** Without quotes; `undefined` of a blob that was deleted. */
  readonly eTag: string | undefined;
  readonly atMs: number;
  /** Grows with each event of a blob. */
  readonly sequence: number;
}

export function subjectOf({ container, blobName }: BlobEvent): string {
  return `/blobServices/default/containers/${container}/blobs/${blobName}`;
}

/** @returns the body of the delivery: an array in the one schema, a single event in the other. */
export function eventBody(event: BlobEvent, schema: EventSchema): unknown {
  const id = randomUUID();
  const time = new Date(event.atMs).toISOString();
  const subject = subjectOf(event);
  const topic = `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local/providers/Microsoft.Storage/storageAccounts/${event.account}`;
  const { type } = event;
  const data = eventData(event);
  if (schema === 'cloudEvents') {
    return { specversion: '1.0', id, source: topic, subject, type, time, data };
  }
  const versions = { dataVersion: '', metadataVersion: '1' };
  return [{ topic, subject, eventType: type, id, data, ...versions, eventTime: time }];
}

function eventData(event: BlobEvent): Record<string, unknown> {
  const { api, eTag, contentType, contentLength, blobType, url, sequence } = event;
  return {
    api,
    clientRequestId: randomUUID(),
    requestId: randomUUID(),
    ...(eTag !== undefined && { eTag }),
    contentType,
    ...(eTag !== undefined && { contentLength }),
    blobType,
    accessTier: 'Default',
    url,
    sequencer: sequence.toString(16).toUpperCase().padStart(64, '0'),
    storageDiagnostics: { batchId: randomUUID() },
  };
}

/** What a blob's event says to the function, in the .NET SDK's spelling. */
import type { BlobItem, BlobProperties } from '@azure/storage-blob';
import { jsonData, type Metadata, offsetTime, stringData } from '../../app/typedData.ts';

/** A blob as storage lists it: the listing keeps the capitals of metadata keys, a HEAD doesn't. */
export interface ListedBlob {
  readonly container: string;
  readonly uri: string;
  readonly item: BlobItem;
}

// Positions are the .NET enums' numbers. Source: Azure.Storage.Blobs.Models, 2026-11-24.
const blobTypes = ['BlockBlob', 'PageBlob', 'AppendBlob'];
const leaseStates = ['available', 'leased', 'expired', 'breaking', 'broken'];
const leaseStatuses = ['locked', 'unlocked'];
const leaseDurations = ['infinite', 'fixed'];

export function blobMetadata(
  { container, uri, item }: ListedBlob,
  parameters: Readonly<Record<string, string>>,
): Metadata {
  const named = Object.entries(parameters).map(
    ([name, value]) => [name, stringData(value)] as const,
  );
  return {
    BlobTrigger: stringData(`${container}/${item.name}`),
    Uri: stringData(uri),
    Properties: jsonData(netProperties(item.properties)),
    Metadata: jsonData(item.metadata ?? {}),
    ...Object.fromEntries(named),
  };
}

function netProperties(properties: BlobItem['properties']): Record<string, unknown> {
  const { contentMD5 } = properties;
  return {
    LastModified: offsetTime(properties.lastModified),
    CreatedOn: properties.createdOn ? offsetTime(properties.createdOn) : null,
    BlobType: position(blobTypes, properties.blobType),
    LeaseDuration: position(leaseDurations, properties.leaseDuration),
    LeaseState: position(leaseStates, properties.leaseState),
    LeaseStatus: position(leaseStatuses, properties.leaseStatus),
    ContentLength: properties.contentLength ?? 0,
    ContentType: properties.contentType ?? null,
    // A struct that serialises to nothing: there is no ETag from this trigger.
    ETag: {},
    ContentHash: contentMD5 ? Buffer.from(contentMD5).toString('base64') : null,
    ContentEncoding: properties.contentEncoding ?? null,
    ContentDisposition: properties.contentDisposition ?? null,
    ContentLanguage: properties.contentLanguage ?? null,
    CacheControl: properties.cacheControl ?? null,
    AcceptRanges: 'bytes',
    IsServerEncrypted: properties.serverEncrypted ?? false,
    AccessTier: properties.accessTier ?? null,
    AccessTierInferred: properties.accessTierInferred ?? false,
    ...copyProperties(properties),
  };
}

function copyProperties({ copyId, copySource }: BlobItem['properties']): Record<string, unknown> {
  return { CopyId: copyId ?? null, CopySource: copySource ?? null, CopyStatus: 0 };
}

function position(
  names: readonly string[],
  value: BlobProperties['leaseState'] | string | undefined,
): number {
  return Math.max(0, names.indexOf(value ?? ''));
}

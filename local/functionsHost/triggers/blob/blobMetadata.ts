/** What a blob's event says to the function, in the .NET SDK's spelling. */
import type { BlobItem } from '@azure/storage-blob';
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

/** .NET's names of what is passed on as it is. */
const passedOn = [
  ['ContentLength', 'contentLength'],
  ['ContentType', 'contentType'],
  ['ContentEncoding', 'contentEncoding'],
  ['ContentDisposition', 'contentDisposition'],
  ['ContentLanguage', 'contentLanguage'],
  ['CacheControl', 'cacheControl'],
  ['IsServerEncrypted', 'serverEncrypted'],
  ['AccessTier', 'accessTier'],
  ['AccessTierInferred', 'accessTierInferred'],
  ['CopyId', 'copyId'],
  ['CopySource', 'copySource'],
] as const;

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
  const { createdOn, contentMD5 } = properties;
  return {
    LastModified: offsetTime(properties.lastModified),
    CreatedOn: createdOn ? offsetTime(createdOn) : null,
    BlobType: position(blobTypes, properties.blobType),
    LeaseDuration: position(leaseDurations, properties.leaseDuration),
    LeaseState: position(leaseStates, properties.leaseState),
    LeaseStatus: position(leaseStatuses, properties.leaseStatus),
    // A struct that serialises to nothing: there is no ETag from this trigger.
    ETag: {},
    ContentHash: contentMD5 ? Buffer.from(contentMD5).toString('base64') : null,
    AcceptRanges: 'bytes',
    CopyStatus: 0,
    ...Object.fromEntries(passedOn.map(([to, from]) => [to, properties[from] ?? null])),
  };
}

function position(names: readonly string[], value: string | undefined): number {
  return Math.max(0, names.indexOf(value ?? ''));
}

/** A photo: one stored image version, named by where it lies and its ETag. */
export interface PhotoRef {
  readonly account: string;
  readonly container: string;
  readonly blobName: string;
}

/** One version of a photo as storage describes it. */
export interface PhotoVersion extends PhotoRef {
  /** Without quotes: Event Grid and the SDK disagree about them. */
  readonly etag: string;
  readonly contentLengthBytes: number;
  readonly contentType: string | undefined;
  readonly lastModifiedAtMs: number;
}

/** A photo somebody asked for: a certain version, or whatever lies there. */
export interface WantedPhoto extends PhotoRef {
  readonly etag?: string | undefined;
  /** Known once that version was seen. */
  readonly lastModifiedAtMs?: number | undefined;
}

/** What the sender says about a photo; every field is optional because apps differ. */
export interface CaptureContext {
  readonly site?: string | undefined;
  readonly batch?: string | undefined;
  readonly device?: string | undefined;
  readonly equipmentClass?: string | undefined;
  /** ISO-8601 UTC. */
  readonly capturedAt?: string | undefined;
}

/** `"0x8D"` and `0x8D` are the same version. */
export function normalizeEtag(etag: string): string {
  return etag.replace(/^W\//, '').replaceAll('"', '');
}

export function photoPath(ref: PhotoRef): string {
  return `${ref.container}/${ref.blobName}`;
}

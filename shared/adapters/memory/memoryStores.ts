/** The stores of the pipeline in memory: for tests, benches and trials; same contracts as Azure's. */
import type { OutcomeStore } from '../../ledger/outcomeStore.ts';
import { type PhotoRef, photoPath } from '../../photo/photo.ts';
import type { PhotoStore, StoredPhoto } from '../../photo/photoStore.ts';
import type { ResultDocument } from '../../results/resultDocument.ts';

export interface MemoryPhotoStore extends PhotoStore {
  /** Like an upload by an app: overwrites. */
  upload(ref: PhotoRef, photo: Partial<StoredPhoto> & { readonly bytes: Buffer }): string;
  delete(ref: PhotoRef): void;
}

export function memoryPhotoStore(account: string, nowMs: () => number): MemoryPhotoStore {
  const blobs = new Map<string, StoredPhoto & { etag: string; lastModifiedAtMs: number }>();
  let versionCount = 0;
  const write = (ref: PhotoRef, photo: StoredPhoto) => {
    versionCount += 1;
    const etag = `0x${versionCount.toString(16).toUpperCase()}`;
    blobs.set(photoPath(ref), { ...photo, etag, lastModifiedAtMs: nowMs() });
    return etag;
  };
  return {
    account,
    upload: (ref, photo) => write(ref, { contentType: 'image/jpeg', context: {}, ...photo }),
    delete: (ref) => void blobs.delete(photoPath(ref)),
    async open(ref) {
      const blob = blobs.get(photoPath(ref));
      if (!blob) return { kind: 'missing' };
      const { etag, lastModifiedAtMs, contentType, context, bytes } = blob;
      const version = { ...ref, etag, lastModifiedAtMs, contentType };
      return { kind: 'found', version: { ...version, contentLengthBytes: bytes.length }, context };
    },
    async read(version) {
      const blob = blobs.get(photoPath(version));
      if (!blob) return { kind: 'deleted' };
      return blob.etag === version.etag
        ? { kind: 'bytes', bytes: blob.bytes }
        : { kind: 'overwritten' };
    },
    async put(ref, photo) {
      if (!blobs.has(photoPath(ref))) write(ref, photo);
    },
    ping: () => Promise.resolve(),
  };
}

export interface MemoryOutcomeStore extends OutcomeStore {
  readonly documents: ReadonlyMap<string, ResultDocument>;
}

export function memoryOutcomeStore(account: string, container: string): MemoryOutcomeStore {
  const documents = new Map<string, ResultDocument>();
  return {
    documents,
    addressOf: (blobName) => ({ account, container, blobName }),
    find: async (blobName) => documents.get(blobName),
    async record(blobName, document) {
      const existing = documents.get(blobName);
      if (existing) return { kind: 'existed', document: existing };
      documents.set(blobName, document);
      return { kind: 'created' };
    },
    ping: () => Promise.resolve(),
  };
}

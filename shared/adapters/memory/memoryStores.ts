/** The stores of the pipeline in memory: for tests, benches and trials; same contracts as Azure's. */
import type { OutcomeStore } from '../../ledger/outcomeStore.ts';
import { type PhotoRef, type PhotoVersion, photoPath } from '../../photo/photo.ts';
import type { PhotoStore, StoredPhoto } from '../../photo/photoStore.ts';
import type { ResultDocument } from '../../results/resultDocument.ts';

export interface MemoryPhotoStore extends PhotoStore {
  /** Like an upload by an app: overwrites. */
  upload(ref: PhotoRef, photo: Partial<StoredPhoto> & { readonly bytes: Buffer }): string;
  delete(ref: PhotoRef): void;
}

interface KeptPhoto extends StoredPhoto {
  readonly ref: PhotoRef;
  readonly etag: string;
  readonly lastModifiedAtMs: number;
}

export function memoryPhotoStore(account: string, nowMs: () => number): MemoryPhotoStore {
  const blobs = new Map<string, KeptPhoto>();
  let versionCount = 0;
  const write = (ref: PhotoRef, photo: StoredPhoto) => {
    versionCount += 1;
    const etag = `0x${versionCount.toString(16).toUpperCase()}`;
    blobs.set(photoPath(ref), { ...photo, ref, etag, lastModifiedAtMs: nowMs() });
    return etag;
  };
  return {
    account,
    upload: (ref, photo) => write(ref, { contentType: 'image/jpeg', context: {}, ...photo }),
    delete: (ref) => void blobs.delete(photoPath(ref)),
    async open(ref) {
      const blob = blobs.get(photoPath(ref));
      if (!blob) return { kind: 'missing' };
      return { kind: 'found', version: versionOf(blob), context: blob.context };
    },
    async list({ container, prefix = '', continuation = '', pageCount }) {
      const names = [...blobs.values()]
        .filter(({ ref }) => ref.container === container && ref.blobName.startsWith(prefix))
        .toSorted((one, other) => (one.ref.blobName < other.ref.blobName ? -1 : 1));
      const rest = names.filter(({ ref }) => ref.blobName > continuation);
      const page = rest.slice(0, pageCount);
      const last = rest.length > page.length ? page.at(-1)?.ref.blobName : undefined;
      return { versions: page.map(versionOf), continuation: last };
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

function versionOf({ ref, etag, lastModifiedAtMs, contentType, bytes }: KeptPhoto): PhotoVersion {
  const { account, container, blobName } = ref;
  const version = { account, container, blobName, etag, lastModifiedAtMs, contentType };
  return { ...version, contentLengthBytes: bytes.length };
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

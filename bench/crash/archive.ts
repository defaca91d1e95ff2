/** Where everything of a run is kept, whoever dies: in the bench's own memory, or in Azurite. */
import { BlobServiceClient } from '@azure/storage-blob';
import { startStorage } from '../../local/storage/startStorage.ts';
import { memoryClaimStore, memoryEntryStore } from '../../shared/adapters/memory/memoryLedger.ts';
import { memoryOutcomeStore, memoryPhotoStore } from '../../shared/adapters/memory/memoryStores.ts';
import { photoOutcomeKey } from '../../shared/ledger/outcomeKey.ts';
import { outcomeBlobName } from '../../shared/ledger/outcomeStore.ts';
import type { PipelineDeps } from '../../shared/pipeline/deps.ts';
import { type ResultDocument, resultDocumentSchema } from '../../shared/results/resultDocument.ts';
import { photoAccount, photoName, photosContainer } from './photoNames.ts';
import { blobStores, model, resultsContainer } from './ports.ts';
import { realTime, type Time } from './time.ts';
import type { StoreKind } from './wire.ts';

type Stores = Pick<PipelineDeps, 'photos' | 'claims' | 'entries' | 'outcomes'>;

export interface Archive {
  readonly connectionString: string;
  readonly stores: Stores;
  upload(photoNumber: number, jpeg: Buffer): Promise<void>;
  hasOutcome(photoNumber: number): Promise<boolean>;
  documents(): Promise<readonly ResultDocument[]>;
  claimCount(): Promise<number>;
  stop(): Promise<void>;
}

const ample = new AbortController().signal;

export function openArchive(store: StoreKind): Promise<Archive> {
  return store === 'memory' ? Promise.resolve(memoryArchive(realTime)) : azuriteArchive();
}

export function refOf(photoNumber: number) {
  return {
    account: photoAccount,
    container: photosContainer,
    blobName: photoName(photoNumber),
  };
}

/** A view without waiting, for those who look in between two events of a simulation. */
export interface MemoryArchive extends Archive {
  hasOutcomeNow(photoNumber: number): boolean;
  claimCountNow(): number;
}

export function memoryArchive({ nowMs }: Time): MemoryArchive {
  const photos = memoryPhotoStore(photoAccount, nowMs);
  const claims = memoryClaimStore(nowMs);
  const outcomes = memoryOutcomeStore(photoAccount, resultsContainer);
  const stores = { photos, claims, entries: memoryEntryStore(), outcomes };
  return {
    connectionString: '',
    stores,
    async upload(photoNumber, bytes) {
      photos.upload(refOf(photoNumber), { bytes });
    },
    hasOutcome: (photoNumber) => hasOutcome(stores, photoNumber),
    hasOutcomeNow: (photoNumber) =>
      [...outcomes.documents.values()].some(
        ({ photo }) => photo?.blobName === photoName(photoNumber),
      ),
    documents: async () => [...outcomes.documents.values()],
    claimCount: async () => claims.claims.size,
    claimCountNow: () => claims.claims.size,
    stop: () => Promise.resolve(),
  };
}

async function azuriteArchive(): Promise<Archive> {
  const azurite = await startStorage();
  const service = BlobServiceClient.fromConnectionString(azurite.connectionString);
  await Promise.all(
    [photosContainer, resultsContainer, 'inflight', 'ledger'].map((name) =>
      service.getContainerClient(name).createIfNotExists(),
    ),
  );
  const stores = await blobStores(azurite.connectionString);
  const results = service.getContainerClient(resultsContainer);
  return {
    connectionString: azurite.connectionString,
    stores,
    async upload(photoNumber, jpeg) {
      const { container, blobName } = refOf(photoNumber);
      const client = service.getContainerClient(container).getBlockBlobClient(blobName);
      await client.upload(jpeg, jpeg.length);
    },
    hasOutcome: (photoNumber) => hasOutcome(stores, photoNumber),
    async documents() {
      const names = await Array.fromAsync(results.listBlobsFlat(), ({ name }) => name);
      return Promise.all(
        names.map(async (name) => {
          const bytes = await results.getBlobClient(name).downloadToBuffer();
          return resultDocumentSchema.parse(JSON.parse(bytes.toString('utf8')));
        }),
      );
    },
    async claimCount() {
      const inflight = service.getContainerClient('inflight');
      return (await Array.fromAsync(inflight.listBlobsFlat())).length;
    },
    stop: () => azurite.stop(),
  };
}

/** Asks for the place where the first try must have put it. */
async function hasOutcome({ photos, outcomes }: Stores, photoNumber: number): Promise<boolean> {
  const opened = await photos.open(refOf(photoNumber), ample);
  if (opened.kind === 'missing') return false;
  const { version } = opened;
  const key = photoOutcomeKey(version, version.etag, model);
  const blobName = outcomeBlobName(model.publishedName, version.lastModifiedAtMs, key);
  return (await outcomes.find(blobName, ample)) !== undefined;
}

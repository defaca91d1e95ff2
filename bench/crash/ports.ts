/** What a process of the crew works on: the parent's ports, or Azurite for everything stored. */
import type { DeferralQueue } from '../../shared/deferral/deferralQueue.ts';
import type { ClaimStore } from '../../shared/ledger/claimStore.ts';
import type { EntryStore } from '../../shared/ledger/entryStore.ts';
import type { OutcomeStore } from '../../shared/ledger/outcomeStore.ts';
import type { PhotoStore } from '../../shared/photo/photoStore.ts';
import type { PipelineDeps } from '../../shared/pipeline/deps.ts';
import type { Predictor } from '../../shared/prediction/predictor.ts';
import type { EventPublisher } from '../../shared/results/eventPublisher.ts';
import { photoAccount } from './photoNames.ts';
import type { RemotePorts } from './remotePorts.ts';
import type { WorkerSetup } from './wire.ts';

export const model = {
  backend: 'customVision',
  projectId: '5f1d8b5e-0c2a-4c1e-9a51-1c0f0a6d2e11',
  publishedName: 'parts',
  projectType: 'classify',
} as const;

export const resultsContainer = 'results';

type Stored = Pick<PipelineDeps, 'photos' | 'claims' | 'entries' | 'outcomes'>;
type Told = Pick<PipelineDeps, 'predictor' | 'events' | 'deferrals'>;

export async function portsOf(setup: WorkerSetup, remote: RemotePorts): Promise<Stored & Told> {
  const stored =
    setup.store === 'memory' ? remoteStores(remote) : await blobStores(setup.connectionString);
  return {
    ...stored,
    predictor: { model, ...remote.port<Pick<Predictor, 'predict'>>('model', ['predict']) },
    events: remote.port<EventPublisher>('events', ['publish', 'ping', 'close']),
    deferrals: remote.port<DeferralQueue>('deferrals', ['send', 'ping']),
  };
}

/** A list comes in one piece. */
interface RemoteClaims extends Omit<ClaimStore, 'listOlderThan'> {
  listOlderThan(ageMs: number): Promise<readonly string[]>;
}

function remoteStores(remote: RemotePorts): Stored {
  const methods = ['take', 'replace', 'release', 'find', 'listOlderThan'] as const;
  const claims = remote.port<RemoteClaims>('claims', methods);
  return {
    photos: {
      account: photoAccount,
      ...remote.port<Omit<PhotoStore, 'account'>>('photos', [
        'open',
        'read',
        'list',
        'put',
        'ping',
      ]),
    },
    claims: {
      ...claims,
      async *listOlderThan(ageMs) {
        yield* await claims.listOlderThan(ageMs);
      },
    },
    entries: remote.port<EntryStore>('entries', ['enter', 'find', 'note']),
    outcomes: {
      addressOf: (blobName) => ({ account: photoAccount, container: resultsContainer, blobName }),
      ...remote.port<Omit<OutcomeStore, 'addressOf'>>('outcomes', ['find', 'record', 'ping']),
    },
  };
}

/** Loaded only where it is used: a process that dies soon should start fast. */
export async function blobStores(connectionString: string): Promise<Stored> {
  const [{ BlobServiceClient }, photos, claims, entries, outcomes] = await Promise.all([
    import('@azure/storage-blob'),
    import('../../shared/adapters/blob/photoStore.ts'),
    import('../../shared/adapters/blob/claimStore.ts'),
    import('../../shared/adapters/blob/entryStore.ts'),
    import('../../shared/adapters/blob/outcomeStore.ts'),
  ]);
  const service = BlobServiceClient.fromConnectionString(connectionString);
  return {
    photos: photos.blobPhotoStore(service, 'photos'),
    claims: claims.blobClaimStore(service.getContainerClient('inflight')),
    entries: entries.blobEntryStore(service.getContainerClient('ledger')),
    outcomes: outcomes.blobOutcomeStore(service.getContainerClient(resultsContainer)),
  };
}

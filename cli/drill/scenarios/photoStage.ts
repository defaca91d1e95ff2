/** Photos that go wrong: turned away, given up, never announced, not to be read; claims left over. */
import { names } from '../../../shared/settings.ts';
import type { Ground } from '../ground.ts';
import type { WorldScenario, WorldStage } from '../worldStage.ts';
import { everydayWork, fault, noFaults, notAPhoto } from './work.ts';

const rejected: WorldScenario = {
  proves: [{ rule: 'photos-rejected' }],
  inject: async (ground) => ground.settled(await ground.upload(25, notAPhoto)),
  clear: async () => {},
};

/** As the host leaves a message that it gave up on; this one names no photo. */
const givenUp: WorldScenario = {
  proves: [{ rule: 'photos-dead', group: { reason: 'message-not-ours' } }],
  async inject(ground) {
    await ground.queues.getQueueClient(names.deferredPoisonQueue).sendMessage(encoded({}));
  },
  clear: async () => {},
};

const poisoned: WorldScenario = {
  proves: [{ rule: 'messages-poisoned' }],
  async inject(ground) {
    const queue = ground.queues.getQueueClient(names.deferredPoisonQueue);
    await queue.sendMessage(encoded({}), { visibilityTimeout: 3_600 });
    await ground.run('reportQuota');
  },
  async clear(ground) {
    await ground.queues.getQueueClient(names.deferredPoisonQueue).clearMessages();
  },
};

const missing: WorldScenario = {
  proves: [{ rule: 'photos-missing' }],
  async inject(ground) {
    await ground.order('functions', 'POST', 'blobEvents', { do: 'drop', count: 8 });
    const photos = await ground.upload(8);
    await ground.until('photos that nobody was told of', async () => {
      await ground.run('reconcilePhotos');
      return largestMissing(ground) >= photos.length;
    });
    // The reconciliation itself has put them to work.
    await ground.settled(photos);
  },
  clear: (ground) => ground.order('functions', 'DELETE', 'blobEvents'),
};

function largestMissing(ground: Ground): number {
  const accounted = ground.rows('customMetrics', 'sightglass.photos.accounted', 0);
  const counts = accounted
    .filter(({ customDimensions }) => customDimensions['photoState'] === 'missing')
    .map(({ valueMax = 0 }) => valueMax);
  return Math.max(0, ...counts);
}

let overwritten: { readonly blobName: string; readonly bytes: Buffer } | undefined;

const unreadable: WorldScenario = {
  proves: [{ rule: 'photos-unreadable' }],
  async inject(ground) {
    const [photo = ''] = await ground.upload(1);
    await ground.settled([photo]);
    const told = ground
      .rows('customEvents', 'photo.settled', 0)
      .find(({ customDimensions }) => customDimensions['photo'] === photo);
    const key = told?.customDimensions['outcomeKey'] ?? '';
    const blobName = `${key.slice(0, 2)}/${key}`;
    const entry = ledgerBlob(ground, blobName);
    overwritten = { blobName, bytes: await entry.downloadToBuffer() };
    await entry.uploadData(Buffer.from('not ours'));
    await ground.run('reconcilePhotos');
  },
  async clear(ground) {
    if (overwritten) await ledgerBlob(ground, overwritten.blobName).uploadData(overwritten.bytes);
  },
};

function ledgerBlob({ blobs }: Ground, blobName: string) {
  return blobs.getContainerClient(names.ledgerContainer).getBlockBlobClient(blobName);
}

const foreignClaim = 'not-a-claim-of-ours';
const claimAgeMs = 31 * 60_000;

/** Storage's clock goes back while it is written: then it is half an hour old. */
const oldClaim: WorldScenario = {
  proves: [{ rule: 'claims-old' }, { rule: 'sweeps-failing' }],
  async inject(ground) {
    await ground.order('storage', 'PUT', 'clock', { skewMs: -claimAgeMs });
    await claims(ground).getBlockBlobClient(foreignClaim).uploadData(Buffer.from('not ours'));
    await ground.order('storage', 'PUT', 'clock', { skewMs: 0 });
    for (let sweepCount = 0; sweepCount < 3; sweepCount += 1) await ground.run('sweepLedger');
    await ground.run('reportQuota');
  },
  async clear(ground) {
    await claims(ground).deleteBlob(foreignClaim);
  },
};

function claims({ blobs }: Ground) {
  return blobs.getContainerClient(names.claimsContainer);
}

const failingInvocations: WorldScenario = {
  proves: [{ rule: 'invocations-failing', group: { function: 'sweepLedger' } }],
  async inject(ground) {
    await fault(ground, 'storage', { name: 'serverBusy', container: names.claimsContainer });
    for (let sweepCount = 0; sweepCount < 5; sweepCount += 1) await ground.run('sweepLedger');
  },
  clear: (ground) => noFaults(ground, 'storage'),
};

function encoded(body: unknown): string {
  return Buffer.from(JSON.stringify(body)).toString('base64');
}

export const photoStage: WorldStage = {
  name: 'photos',
  world: { settings: { RECONCILE_AFTER_MINUTES: '0' } },
  work: everydayWork,
  scenarios: [rejected, givenUp, poisoned, oldClaim, unreadable, missing, failingInvocations],
};

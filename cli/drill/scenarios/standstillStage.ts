/** Work that stands still, photos that come late, readers that are behind. */
import { toMessages } from '../../../shared/deferral/deferredPhoto.ts';
import { names } from '../../../shared/settings.ts';
import type { Ground } from '../ground.ts';
import type { WorldScenario, WorldStage } from '../worldStage.ts';
import { everydayWork, fault, noFaults } from './work.ts';

/** Approved, but announced by nobody: its photos are known from messages alone. */
const quietContainer = 'line-photos';

const overdueMs = 20 * 60_000;
/** More than the app takes at a time: the rest stays where it can be seen. */
const waitingCount = 60;

const stalled: WorldScenario = {
  proves: [{ rule: 'photos-stall' }],
  async inject(ground) {
    const photos = await ground.upload(waitingCount, undefined, quietContainer);
    await fault(ground, 'prediction', { name: 'hang' });
    await parkOverdue(ground, photos);
    await ground.run('reportQuota');
  },
  async clear(ground) {
    await noFaults(ground, 'prediction');
    await ground.queues.getQueueClient(names.deferredQueue).clearMessages();
  },
};

/** Photos as the app parks them, due long since. */
async function parkOverdue(ground: Ground, photos: readonly string[]): Promise<void> {
  const { accountName: account } = ground.blobs;
  const queue = ground.queues.getQueueClient(names.deferredQueue);
  const dueAtMs = ground.nowMs() - overdueMs;
  const messages = photos.flatMap((path) => {
    const blobName = path.slice(quietContainer.length + 1);
    const photo = { account, container: quietContainer, blobName };
    const source = { trigger: 'upload', context: {} } as const;
    const work = { photo, source, firstSeenAtMs: dueAtMs, deferralCount: 1, badAnswerCount: 0 };
    return toMessages([work], ['DRILL'], dueAtMs);
  });
  await Promise.all(
    messages.map((text) => queue.sendMessage(Buffer.from(text).toString('base64'))),
  );
}

const lateByMs = 125_000;

const late: WorldScenario = {
  proves: [{ rule: 'photos-late' }],
  async inject(ground) {
    const order = { do: 'delay', count: 6, delayMs: lateByMs };
    await ground.order('functions', 'POST', 'blobEvents', order);
    await ground.settled(await ground.upload(6), 2 * lateByMs);
  },
  clear: (ground) => ground.order('functions', 'DELETE', 'blobEvents'),
};

const behind: WorldScenario = {
  proves: [{ rule: 'readers-behind', group: { hub: names.capturesHub, partition: '0' } }],
  async inject(ground) {
    await fault(ground, 'eventHubs', { name: 'slow', what: 'deliveries', delayMs: 600_000 });
    const bodies = Array.from({ length: 550 }, () => ({ body: 'no capture' }));
    await ground.captures.sendBatch(bodies, { partitionId: '0' });
    await ground.run('reportQuota');
  },
  /** Nobody needs those events: the hub forgets all but the last. */
  async clear(ground) {
    await ground.order('eventHubs', 'PUT', 'retention', { maxEventCount: 1 });
    await noFaults(ground, 'eventHubs');
    await ground.order('eventHubs', 'POST', 'faults', { name: 'dropConnections' });
    await ground.until('readers to catch up', async () => {
      const sinceMs = ground.nowMs();
      await ground.run('reportQuota');
      await ground.settle();
      const lags = ground.rows('customMetrics', 'sightglass.events.lag', sinceMs);
      return lags.every(({ valueMax = 0 }) => valueMax < 100);
    });
    await ground.order('eventHubs', 'PUT', 'retention', { maxEventCount: 100_000 });
  },
};

export const standstillStage: WorldStage = {
  name: 'standstill',
  world: { settings: { PREDICTION_BREAKER_OPEN_MS: '1000' } },
  work: everydayWork,
  scenarios: [stalled, behind, late],
};

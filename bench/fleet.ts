/**
 * Several real host processes on one storage and one endpoint, with twice as much work as the quota:
 * what they get out of it together, with the governor and without.
 */
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { prepareFurtherHost, startFunctionsPart } from '../local/parts/functions.ts';
import { linePhotosContainer } from '../local/parts/storage.ts';
import { demoPhotos } from '../local/samples/photoSet.ts';
import { type Backends, startBackends } from '../local/world.ts';
import { storageDeferralQueue } from '../shared/adapters/queue/deferralQueue.ts';
import { mapBounded } from '../shared/adapters/system/mapBounded.ts';
import { toMessages } from '../shared/deferral/deferredPhoto.ts';
import { names } from '../shared/settings.ts';
import type { Bench, Measure } from './measure.ts';

const callsPerSecond = 10;
const load = 2;
const instanceCount = 4;
const latency = { fixedMs: 300 };
const distinctPhotoCount = 8;
const uploadsAtOnce = mapBounded(16);

export const fleet: Bench = async ({ seed, isQuick, say }) => {
  const spans = isQuick
    ? { warmMs: 4_000, measuredMs: 6_000 }
    : // Six hundred calls at the quota: three more or less decide nothing.
      { warmMs: 20_000, measuredMs: 60_000 };
  const measures: Measure[] = [];
  for (const isGoverned of [true, false]) {
    measures.push(...(await measured({ isGoverned, seed, ...spans, say })));
  }
  return measures;
};

interface Trial {
  readonly isGoverned: boolean;
  readonly seed: number;
  readonly warmMs: number;
  readonly measuredMs: number;
  readonly say: (text: string) => void;
}

async function measured(trial: Trial): Promise<Measure[]> {
  const { isGoverned, warmMs, measuredMs, say } = trial;
  const quota = { callsPerSecond };
  const settings = isGoverned ? {} : { QUOTA_CALLS_PER_SECOND: '0' };
  const prediction = { scoring: 'fixed', publishedName: 'parts', quota, latency } as const;
  const backends = await startBackends({ prediction, settings });
  const send = await preparedWork(backends, trial);
  const hosts = await Promise.all(
    Array.from({ length: instanceCount }, () =>
      startFunctionsPart(prepareFurtherHost({}), {}, backends.settings),
    ),
  );
  const sending = send();
  await passed(warmMs);
  const before = backends.prediction.stats();
  const startedAtMs = performance.now();
  await passed(measuredMs);
  const after = backends.prediction.stats();
  const seconds = (performance.now() - startedAtMs) / 1_000;
  await sending;
  await Promise.all(hosts.map((host) => host.stop()));
  await backends.stop();
  const callCount = after.calls - before.calls;
  const throttledCount = after.throttled - before.throttled;
  const name = `governor=${isGoverned ? 'on' : 'off'},instances=${instanceCount},load=${load}x`;
  say(`${name}: ${callCount} calls in ${seconds.toFixed(1)} s, ${throttledCount} answered 429`);
  return measuresOf(isGoverned, name, {
    goodputRatio: (callCount - throttledCount) / (callsPerSecond * seconds),
    throttledRatio: throttledCount / Math.max(1, callCount),
  });
}

interface Seen {
  readonly goodputRatio: number;
  readonly throttledRatio: number;
}

function measuresOf(isGoverned: boolean, name: string, seen: Seen): Measure[] {
  const common = { case: name, unit: 'ratio' } as const;
  const goodput = { ...common, name: 'goodputRatio', value: seen.goodputRatio };
  const throttled = { ...common, name: 'throttledRatio', value: seen.throttledRatio };
  if (!isGoverned) return [goodput, throttled];
  return [
    { ...goodput, target: { op: '>=', value: 0.95 } },
    { ...throttled, target: { op: '<=', value: 0.01 } },
  ];
}

/**
 * Photos lie ready where no upload trigger looks; sending puts them to work one by one, at the pace
 * of the load, on the queue that all hosts drain.
 */
async function preparedWork(backends: Backends, { warmMs, measuredMs, seed }: Trial) {
  const perSecond = callsPerSecond * load;
  const count = Math.ceil(((warmMs + measuredMs) / 1_000) * perSecond);
  const service = BlobServiceClient.fromConnectionString(backends.storage.connectionString);
  const container = service.getContainerClient(linePhotosContainer);
  const photos = await Array.fromAsync(demoPhotos({ count: distinctPhotoCount, seed }));
  const blobNames = Array.from({ length: count }, (_, index) => `fleet/${index}.jpg`);
  await uploadsAtOnce(blobNames, async (blobName) => {
    const { jpeg } = photos[blobNames.indexOf(blobName) % photos.length] ?? {
      jpeg: Buffer.alloc(0),
    };
    await container.getBlockBlobClient(blobName).uploadData(jpeg);
  });
  const queues = QueueServiceClient.fromConnectionString(backends.storage.connectionString);
  const queue = storageDeferralQueue(queues.getQueueClient(names.deferredQueue));
  return async () => {
    const startedAtMs = performance.now();
    for (const [index, blobName] of blobNames.entries()) {
      const dueMs = startedAtMs + (index * 1_000) / perSecond;
      if (dueMs > performance.now()) await passed(dueMs - performance.now());
      const photo = { account: service.accountName, container: container.containerName, blobName };
      const seen = { firstSeenAtMs: Date.now(), deferralCount: 1, badAnswerCount: 0 };
      const work = { photo, source: { trigger: 'capture', context: {} } as const, ...seen };
      for (const text of toMessages([work], [])) await queue.send(text, 0);
    }
  };
}

function passed(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** The process behind appProcess.ts: the app's own telemetry and pipeline, without a host. */

import { randomUUID } from 'node:crypto';
import { composition } from '../../functions/composition.ts';
import '../../functions/heap.ts';
import { processTelemetry } from '../../functions/telemetry.ts';
import { mapBounded } from '../../shared/adapters/system/mapBounded.ts';
import { photoRoot } from '../../shared/pipeline/inTrace.ts';
import { processBatch } from '../../shared/pipeline/processBatch.ts';
import { names } from '../../shared/settings.ts';
import { type AppReply, requestSchema } from './appMessages.ts';
import { flood } from './flood.ts';

/** Of the five seconds that a process has to end. Source: functions/lifetime.ts. */
const flushMs = 3_000;

/** A bundle as the app's own is can't wait for anything at its top. */
const opened = open();
const budget = { startUntilMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal };

async function open() {
  const { problem, ...told } = await processTelemetry;
  if (problem !== undefined) throw new Error(problem);
  const { deps } = await composition();
  return { ...told, deps };
}

interface Taken {
  readonly ms: number;
  readonly cpuMs: number;
}

async function measured(blobName: string): Promise<Taken> {
  const startedAtMs = performance.now();
  const cpuBeforeMs = cpuUsedMs();
  await handle(blobName);
  return { ms: performance.now() - startedAtMs, cpuMs: cpuUsedMs() - cpuBeforeMs };
}

/** As predictOnUpload does it: an invocation in the trace of its photo, and one line in the log. */
async function handle(blobName: string): Promise<void> {
  const { telemetry, invocations, deps } = await opened;
  const photo = { account: deps.photos.account, container: names.photosContainer, blobName };
  const about = { functionName: 'predictOnUpload', invocationId: randomUUID() };
  const root = photoRoot(telemetry, photo);
  const work = {
    photo,
    source: { trigger: 'upload', context: { site: 'wien', batch: 'b-1' } },
    firstSeenAtMs: deps.clock.nowMs(),
    deferralCount: 0,
    badAnswerCount: 0,
  } as const;
  await invocations.run({ ...about, trigger: 'blob', hostTraceparent: '', root }, async () => {
    const [fate] = await processBatch(deps, [work], budget);
    if (fate?.kind !== 'settled') throw new Error(`${blobName} was not settled`);
    const { outcomeKey } = fate.document;
    const message = JSON.stringify({ photos: 1, predicted: 1, photo: blobName, outcomeKey });
    invocations.log({ level: 'information', message, ...about });
  });
}

async function perform(message: unknown): Promise<AppReply> {
  const { telemetry, stop } = await opened;
  const request = requestSchema.parse(message);
  const startedAtMs = performance.now();
  let photos: Taken[] = [];
  switch (request.kind) {
    case 'photos':
      photos = await mapBounded(request.atOnceCount)(request.blobNames, measured);
      break;
    case 'flood':
      await flood(telemetry, request.photoCount);
      break;
    case 'collect':
      break;
    case 'stop':
      await stop(flushMs);
  }
  const elapsedMs = performance.now() - startedAtMs;
  const cpuMs = cpuUsedMs();
  // Not between photos: it would be work that only the bench makes, more of it in a larger process.
  if (request.kind !== 'photos') globalThis.gc?.();
  const rssBytes = process.memoryUsage.rss();
  const photoMs = photos.map(({ ms }) => ms);
  return { photoMs, photoCpuMs: photos.map((photo) => photo.cpuMs), elapsedMs, cpuMs, rssBytes };
}

function cpuUsedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

process.on('message', (message) => {
  void perform(message).then((reply) => process.send?.(reply));
});
// With its work, timers of the SDK and open sockets would hold the process.
process.once('disconnect', () => process.exit());
void opened.then(() => process.send?.('ready'));

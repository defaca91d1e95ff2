/**
 * The whole pipeline in virtual time over memory adapters: several hosts, deliveries at least once
 * and in any order, a fault at one step in a hundred, kills at named steps, sweeps each minute. All
 * of it follows from the seed.
 */
import { memoryArchive } from '../../../bench/crash/archive.ts';
import { camera } from '../../../bench/crash/camera.ts';
import { paidEndpoint } from '../../../bench/crash/endpoint.ts';
import { type CrashReport, inspect } from '../../../bench/crash/inspect.ts';
import { drawKillPoint } from '../../../bench/crash/killPoint.ts';
import { logbook } from '../../../bench/crash/logbook.ts';
import { photoAccount, photosContainer } from '../../../bench/crash/photoNames.ts';
import { batches } from '../../../bench/crash/runCrash.ts';
import { pause } from '../../../bench/crash/time.ts';
import { type Delivery, photoNumbersOf, transport } from '../../../bench/crash/transport.ts';
import { randomStream } from '../../../local/samples/render/random.ts';
import { readSize } from '../../../shared/adapters/imageHeader/readSize.ts';
import { mapBounded } from '../../../shared/adapters/system/mapBounded.ts';
import type { PipelineDeps } from '../../../shared/pipeline/deps.ts';
import { drainDeferred } from '../../../shared/pipeline/drainDeferred.ts';
import { processBatch } from '../../../shared/pipeline/processBatch.ts';
import { sweepLedger } from '../../../shared/pipeline/sweepLedger.ts';
import { startMs } from '../../helpers/pipeline.ts';
import { type SimulatedHost, simulatedHost } from './simulatedHost.ts';
import { type VirtualTime, virtualTime } from './virtualTime.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly photoCount: number;
  readonly killCount: number;
}

export interface SimulationReport extends CrashReport {
  readonly rejectedCount: number;
  readonly endedAtMs: number;
}

const hostCount = 4;
const photosInFlightCount = 8;
const faultRatio = 0.01;
const duplicateRatio = 0.05;
/** One photo in so many is none. */
const unfitEvery = 25;
const claimTtlMs = 120_000;
const sweepEveryMs = 60_000;
/** What a host that died or threw had in hand comes again after its lock. */
const lockMs = 30_000;
const budget = {
  startUntilMs: Number.POSITIVE_INFINITY,
  signal: new AbortController().signal,
};

export async function runSimulation(options: SimulationOptions): Promise<SimulationReport> {
  const random = randomStream(options.seed);
  const time = virtualTime(startMs);
  const archive = memoryArchive(time);
  const shoot = await camera(options.seed);
  for (let number = 0; number < options.photoCount; number += 1) {
    await archive.upload(number, number % unfitEvery === 0 ? Buffer.from('x') : shoot(number));
  }
  const deliveries = transport(time, random, 0);
  for (const works of batches({ ...options, duplicateRatio }, random, time)) {
    deliveries.put({ kind: 'works', works });
  }
  const endpoint = paidEndpoint(time, random);
  const log = logbook(time);
  const shared = sharedDeps(time, random.next);
  const inHand = new Map<number, Delivery>();
  let hostsHired = 0;

  function hire(): void {
    hostsHired += 1;
    const isKilling = log.effectiveKillCount() < options.killCount;
    const photosPerKill = Math.ceil(options.photoCount / options.killCount);
    const killPoint = isKilling ? drawKillPoint(random, photosPerKill) : undefined;
    const parts = { time, random, endpoint, faultRatio, killPoint, died };
    const events = { ...noPing, publish: async (event: never) => log.announced(event) };
    const deferrals = {
      ...noPing,
      send: async (text: string, delayMs: number) => deliveries.park(text, delayMs),
    };
    // A host's own: what the dead have begun would take the places of the living for ever.
    const ownLimit = { mapBounded: mapBounded(photosInFlightCount) };
    const deps = { ...shared, ...archive.stores, ...ownLimit, events, deferrals };
    void work(simulatedHost(hostsHired, deps, parts));
  }

  async function work(host: SimulatedHost): Promise<void> {
    for (;;) {
      const delivery = deliveries.take();
      if (!delivery) {
        await pause(time, 1_000);
        continue;
      }
      inHand.set(host.id, delivery);
      await perform(host.deps, delivery).then(
        () => deliveries.acknowledge(delivery.deliveryId),
        () => time.after(lockMs, () => deliveries.abandon(delivery.deliveryId)),
      );
      inHand.delete(host.id);
    }
  }

  function died(id: number): void {
    const delivery = inHand.get(id);
    inHand.delete(id);
    const numbers = delivery ? photoNumbersOf(delivery.load) : [];
    log.died(numbers);
    const paid = endpoint.paidBy(id).filter((number) => numbers.includes(number));
    for (const number of paid) {
      if (!archive.hasOutcomeNow(number)) endpoint.wasInFlight(number);
    }
    if (delivery) time.after(lockMs, () => deliveries.abandon(delivery.deliveryId));
    time.after(lockMs, hire);
  }

  function sweep(): void {
    deliveries.put({ kind: 'sweep' });
    time.after(sweepEveryMs, sweep);
  }

  for (let count = 0; count < hostCount; count += 1) hire();
  sweep();
  await time.runUntil(() => deliveries.isEmpty() && archive.claimCountNow() === 0);
  const report = await inspect(options.photoCount, archive, { log, endpoint });
  const documents = await archive.documents();
  const rejectedCount = documents.filter(({ outcome }) => outcome === 'rejected').length;
  return { ...report, rejectedCount, endedAtMs: time.nowMs() };
}

const noPing = { ping: () => Promise.resolve(), close: () => Promise.resolve() };

function sharedDeps(time: VirtualTime, random: () => number) {
  let idCount = 0;
  return {
    clock: { nowMs: time.nowMs, pause: (durationMs: number) => pause(time, durationMs) },
    random,
    newId() {
      idCount += 1;
      return `id-${idCount}`;
    },
    claimTtlMs,
    readSize,
    approved: { account: photoAccount, containers: [photosContainer] },
    inlineContainer: photosContainer,
    budgets: { ageMs: 24 * 3_600_000, attemptCount: 100 },
    reviewBelowConfidence: 0.7,
  } satisfies Partial<PipelineDeps>;
}

async function perform(deps: PipelineDeps, { load }: Delivery): Promise<void> {
  switch (load.kind) {
    case 'works':
      await processBatch(deps, load.works, budget);
      return;
    case 'message':
      await drainDeferred(deps, JSON.parse(load.text), budget);
      return;
    case 'sweep':
      await sweepLedger(deps, budget);
  }
}

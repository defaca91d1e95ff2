/**
 * The whole pipeline in virtual time over memory adapters: several hosts on one quota, deliveries at least
 * once and in any order, a fault at one step in a hundred, kills at named steps, sweeps each minute. All
 * of it follows from the seed.
 */

import { randomStream } from '../../local/samples/render/random.ts';
import { memoryQuotaStore } from '../../shared/adapters/memory/memoryQuotaStore.ts';
import { memoryArchive } from '../crash/archive.ts';
import { camera } from '../crash/camera.ts';
import { paidEndpoint } from '../crash/endpoint.ts';
import { type CrashReport, inspect } from '../crash/inspect.ts';
import { drawKillPoint } from '../crash/killPoint.ts';
import { logbook } from '../crash/logbook.ts';
import { requeueMissing } from '../crash/reconcile.ts';
import { batches } from '../crash/runCrash.ts';
import { performLoad, standing } from '../crash/standing.ts';
import { pause } from '../crash/time.ts';
import { type Delivery, photoNumbersOf, transport } from '../crash/transport.ts';
import { type Outage, type SimulatedHost, simulatedHost } from './simulatedHost.ts';
import { virtualTime } from './virtualTime.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly photoCount: number;
  readonly killCount: number;
  readonly outage?: Outage | undefined;
}

export interface SimulationReport extends CrashReport {
  readonly rejectedCount: number;
  readonly deadCount: number;
  readonly settledAtMs: readonly number[];
  /** Calls in the busiest ten seconds, refused ones included. */
  readonly mostCallsCount: number;
}

/** Any: in virtual time each run begins at the same instant. */
export const startMs = Date.parse('2026-11-24T10:00:00.000Z');

const hostCount = 4;
const faultRatio = 0.01;
const duplicateRatio = 0.05;
/** Of what the dead had in hand; the sweep finds what was claimed, the reconciliation the rest. */
const forgetRatio = 0.2;
/** One photo in so many is none. */
export const unfitEvery = 25;
const sweepEveryMs = 60_000;
/** What a host that died or threw had in hand comes again after its lock. */
const lockMs = 30_000;
export async function runSimulation(options: SimulationOptions): Promise<SimulationReport> {
  const random = randomStream(options.seed);
  const time = virtualTime(startMs);
  const archive = memoryArchive(time);
  const shoot = await camera(options.seed);
  for (let number = 0; number < options.photoCount; number += 1) {
    await archive.upload(number, number % unfitEvery === 0 ? Buffer.from('x') : shoot(number));
  }
  const deliveries = transport(time, random, forgetRatio);
  for (const works of batches({ ...options, duplicateRatio }, random, time)) {
    deliveries.put({ kind: 'works', works });
  }
  const endpoint = paidEndpoint(time, random);
  const quotaStore = memoryQuotaStore(time.nowMs);
  const calledAtMs: number[] = [];
  const called = () => void calledAtMs.push(time.nowMs());
  const log = logbook(time);
  let idCount = 0;
  const drawn = { random: random.next, newId: () => `id-${(idCount += 1)}` };
  const inHand = new Map<number, Delivery>();
  let hostsHired = 0;

  function hire(): void {
    hostsHired += 1;
    const isKilling = log.effectiveKillCount() < options.killCount;
    const photosPerKill = Math.ceil(options.photoCount / options.killCount);
    const killPoint = isKilling ? drawKillPoint(random, photosPerKill) : undefined;
    const { outage } = options;
    const shared = { time, random, endpoint, quotaStore, called, faultRatio };
    const parts = { ...shared, killPoint, outage, died };
    const events = { ...noPing, publish: async (event: never) => log.announced(event) };
    const deferrals = {
      ...noPing,
      send: async (text: string, delayMs: number) => deliveries.park(text, delayMs),
    };
    const deps = { ...standing(time), ...drawn, ...archive.stores, events, deferrals };
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
      await performLoad(host.deps, delivery.load).then(
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
  const isQuiet = () => deliveries.isEmpty() && archive.claimCountNow() === 0;
  do {
    await time.runUntil(isQuiet);
    log.reconciling();
    log.reconciled(await requeueMissing(archive, deliveries, time));
  } while (!isQuiet());
  const report = await inspect(options.photoCount, archive, { log, endpoint });
  const documents = await archive.documents();
  const countOf = (kind: string) => documents.filter(({ outcome }) => outcome === kind).length;
  return {
    ...report,
    rejectedCount: countOf('rejected'),
    deadCount: countOf('dead'),
    settledAtMs: log.settledAtMs,
    mostCallsCount: mostWithin(calledAtMs, 10_000),
  };
}

function mostWithin(atMs: readonly number[], spanMs: number): number {
  const counts = atMs.map((fromMs, index) =>
    atMs.slice(index).findIndex((each) => each >= fromMs + spanMs),
  );
  return Math.max(...counts.map((count, index) => (count < 0 ? atMs.length - index : count)));
}

const noPing = { ping: () => Promise.resolve(), close: () => Promise.resolve() };

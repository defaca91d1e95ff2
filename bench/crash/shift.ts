/** One run of the crew: hands out work, buries the dead, sweeps, and writes down what happened. */
import type { RandomStream } from '../../local/samples/render/random.ts';
import type { Archive } from './archive.ts';
import { crew, type Worker } from './crew.ts';
import { type PaidEndpoint, paidEndpoint, quickAnswers, usualAnswers } from './endpoint.ts';
import { drawKillPoint } from './killPoint.ts';
import { type Logbook, logbook } from './logbook.ts';
import { serve } from './portServer.ts';
import { requeueMissing } from './reconcile.ts';
import type { CrashOptions } from './runCrash.ts';
import { pause, realTime } from './time.ts';
import { type Delivery, photoNumbersOf, type Transport } from './transport.ts';
import type { ToParent, WorkerSetup } from './wire.ts';

export interface ShiftParts {
  /** The file that each process runs. */
  readonly program: string;
  readonly archive: Archive;
  readonly deliveries: Transport;
  readonly random: RandomStream;
}

export interface ShiftReport {
  readonly log: Logbook;
  readonly endpoint: PaidEndpoint;
}

/**
 * At work together. In memory it is the starting of processes that takes the time: six keep two cores
 * at it. Azurite is one process that shares the machine: more of them only make its calls
 * take longer than a prediction, and most kills fall where in the cloud hardly any would.
 */
const atWorkCount = { memory: 6, azurite: 2 } as const;
/** What matters is how much of a photo's time lies between the hub's word and the end of its claim. */
const answers = { memory: quickAnswers, azurite: usualAnswers } as const;
/** They wait beside those: the place of the dead is taken at once. */
const waitingCount = 2;
/** Storage tells time in whole seconds; in memory it is exact. */
const claimTtlMs = { memory: 1_500, azurite: 4_000 } as const;
/** Of each process, unless its kill point comes first; then it is killed from outside, any moment. */
const mostDeliveryCount = 8;
const mostPatienceMs = 40;
const sweepEveryMs = 1_000;
/** Beyond this the run is stuck: what is left is counted as lost. */
const mostFinalSweepCount = 30;

export async function shift(options: CrashOptions, parts: ShiftParts): Promise<ShiftReport> {
  const { archive, deliveries } = parts;
  const endpoint = paidEndpoint(realTime, parts.random, answers[options.store]);
  const report = { log: logbook(realTime), endpoint };
  const floor = shopFloor(options, parts, report);
  const sweeping = setInterval(() => deliveries.put({ kind: 'sweep' }), sweepEveryMs);
  floor.open();
  await floor.quiet();
  clearInterval(sweeping);
  for (let count = 0; count < mostFinalSweepCount; count += 1) {
    await pause(realTime, claimTtlMs[options.store] / 2);
    deliveries.put({ kind: 'sweep' });
    await floor.quiet();
    if ((await archive.claimCount()) > 0) continue;
    report.log.reconciling();
    report.log.reconciled(await requeueMissing(archive, deliveries, realTime));
    if (deliveries.isEmpty()) break;
    await floor.quiet();
  }
  await floor.close();
  return report;
}

function shopFloor(options: CrashOptions, parts: ShiftParts, { log, endpoint }: ShiftReport) {
  const { archive, deliveries, random } = parts;
  const idle: Worker[] = [];
  const inHand = new Map<number, Delivery>();
  /** Deliveries that a process may still take; others live on. */
  const lifespans = new Map<number, number>();
  let tellQuiet = () => {};

  const hands = crew(parts.program, {
    ready(worker) {
      idle.push(worker);
      handOut();
    },
    heard(worker, message) {
      if (message.kind === 'call') void answer(worker, message);
      else done(worker, message);
    },
    died(worker) {
      hire();
      void bury(worker);
    },
  });

  function hire(): void {
    const isKilling = log.effectiveKillCount() < options.killCount;
    const killPoint = isKilling ? drawKillPoint(random, photosPerKill(options)) : undefined;
    const id = hands.hire(setupOf(options, archive, killPoint));
    if (isKilling) lifespans.set(id, 1 + random.integer(mostDeliveryCount));
  }

  function handOut(): void {
    while (idle.length > 0 && inHand.size < atWorkCount[options.store]) {
      const delivery = deliveries.take();
      const worker = delivery && idle.shift();
      if (!delivery || !worker) break;
      inHand.set(worker.id, delivery);
      worker.tell({ kind: 'delivery', ...delivery });
      age(worker);
    }
    if (deliveries.isEmpty() && inHand.size === 0) tellQuiet();
  }

  function age(worker: Worker): void {
    const leftCount = (lifespans.get(worker.id) ?? Number.POSITIVE_INFINITY) - 1;
    lifespans.set(worker.id, leftCount);
    if (leftCount === 0) setTimeout(() => worker.kill(), random.between(0, mostPatienceMs));
  }

  function done(
    worker: Worker,
    { deliveryId, claimingMs }: Extract<ToParent, { kind: 'done' }>,
  ): void {
    log.claimed(claimingMs);
    inHand.delete(worker.id);
    deliveries.acknowledge(deliveryId);
    idle.push(worker);
    handOut();
  }

  async function answer(
    worker: Worker,
    message: Extract<ToParent, { kind: 'call' }>,
  ): Promise<void> {
    const ports = {
      stores: archive.stores,
      model: { predict: (jpeg: Buffer) => endpoint.predict(worker.id, jpeg) },
      events: {
        publish: async (event: Parameters<Logbook['announced']>[0]) => log.announced(event),
      },
      deferrals: { send: async (text: string, delayMs: number) => deliveries.park(text, delayMs) },
    };
    worker.tell({ kind: 'answer', callId: message.callId, value: await serve(ports, message) });
  }

  async function bury(worker: Worker): Promise<void> {
    const place = idle.indexOf(worker);
    if (place >= 0) idle.splice(place, 1);
    const delivery = inHand.get(worker.id);
    const numbers = delivery ? photoNumbersOf(delivery.load) : [];
    log.died(numbers);
    const paid = endpoint.paidBy(worker.id).filter((number) => numbers.includes(number));
    for (const number of paid) {
      if (!(await archive.hasOutcome(number))) endpoint.wasInFlight(number);
    }
    inHand.delete(worker.id);
    if (delivery) deliveries.abandon(delivery.deliveryId);
    handOut();
  }

  return {
    open() {
      deliveries.onDue(handOut);
      const processCount = atWorkCount[options.store] + waitingCount;
      for (let count = 0; count < processCount; count += 1) hire();
    },
    /** Resolves once nothing waits, is parked or is being worked on. */
    quiet() {
      const { promise, resolve } = Promise.withResolvers<void>();
      tellQuiet = resolve;
      handOut();
      return promise;
    },
    close: () => hands.dismiss(),
  };
}

function photosPerKill({ photoCount, killCount }: CrashOptions): number {
  return Math.ceil(photoCount / killCount);
}

function setupOf(
  { store }: CrashOptions,
  { connectionString }: Archive,
  killPoint: WorkerSetup['killPoint'],
): WorkerSetup {
  return { store, connectionString, claimTtlMs: claimTtlMs[store], killPoint };
}

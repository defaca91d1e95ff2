/**
 * A fleet in virtual time: photos arrive on queues, instances take as many as they may hold, a
 * strategy decides when each calls the endpoint, the endpoint lets calls in or refuses them.
 */
import type { Lane } from '../../shared/quota/lanes.ts';
import { type Draws, draws } from './draws.ts';
import { endpoint } from './endpoint.ts';
import type { Scenario } from './scenario.ts';
import { type SimulatedStorage, simulatedStorage } from './storage.ts';
import { type VirtualTime, virtualTime } from './virtualTime.ts';
import { type WorkQueue, workQueue } from './workQueue.ts';

export interface Item {
  readonly lane: Lane;
  readonly arrivedAtMs: number;
  /** When its latest call went out. */
  calledAtMs: number;
  answeredAtMs: number | undefined;
  isPoisoned: boolean;
  deliveryCount: number;
}

export interface Instance {
  readonly index: number;
  readonly skewMs: number;
  readonly held: Set<Item>;
  /** Lives; what an earlier life has started is void. */
  life: number;
  isAlive: boolean;
}

export interface Strategy {
  start(instance: Instance): void;
  /** The instance has taken the item; it has to finish it or give it back. */
  submit(instance: Instance, item: Item): void;
}

/** One call at the endpoint. */
export interface CallRecord {
  readonly atMs: number;
  readonly isAccepted: boolean;
}

export interface Fleet {
  readonly scenario: Scenario;
  readonly time: VirtualTime;
  readonly draws: Draws;
  readonly storage: SimulatedStorage;
  readonly items: Item[];
  readonly calls: CallRecord[];
  /** As `time.after`, void once the instance has died. */
  after(instance: Instance, delayMs: number, run: () => void): () => void;
  call(instance: Instance, item: Item, done: (isAccepted: boolean) => void): void;
  /** Back to the queue. */
  giveBack(instance: Instance, item: Item, delayMs: number): void;
}

export type MakeStrategy = (fleet: Fleet) => Strategy;

/** `Retry-After: 1`, the only hint this service gives. */
export const retryAfterMs = 1_000;
const refusalMs = 20;

/** The clock starts here: a month's end is far away. */
export const simulationStartMs = Date.parse('2026-11-10T08:00:00.000Z');

export function runFleet(scenario: Scenario, makeStrategy: MakeStrategy): Fleet {
  const time = virtualTime(simulationStartMs);
  const drawn = draws(scenario.seed);
  const outage = scenario.outage && {
    fromMs: simulationStartMs + scenario.outage.fromMs,
    untilMs: simulationStartMs + scenario.outage.untilMs,
  };
  const service = endpoint(scenario.model, scenario.truePerSecond);
  const items: Item[] = [];
  const calls: CallRecord[] = [];
  const after: Fleet['after'] = (instance, delayMs, run) => {
    const { life } = instance;
    return time.after(delayMs, () => {
      if (instance.life === life) run();
    });
  };
  const queue: WorkQueue = workQueue(scenario, time, drawn);
  const fleet: Fleet = {
    scenario,
    time,
    draws: drawn,
    storage: simulatedStorage(time, drawn, outage),
    items,
    calls,
    after,
    call(instance, item, done) {
      const { life } = instance;
      item.calledAtMs = time.nowMs();
      time.after(drawn.networkMs(), () => {
        const isAccepted = service.call(time.nowMs());
        calls.push({ atMs: time.nowMs(), isAccepted });
        time.after(isAccepted ? drawn.answerMs() : refusalMs, () => {
          if (instance.life !== life) return;
          if (isAccepted) {
            item.answeredAtMs ??= time.nowMs();
            queue.release(instance, item);
          }
          done(isAccepted);
        });
      });
    },
    giveBack(instance, item, delayMs) {
      queue.release(instance, item);
      if (item.answeredAtMs === undefined && !item.isPoisoned) queue.add(item, delayMs);
    },
  };
  const strategy = makeStrategy(fleet);
  queue.open((instance, item) => strategy.submit(instance, item));
  for (const instance of queue.instances) strategy.start(instance);
  feed(fleet, queue);
  if (scenario.crash) crash(fleet, queue, strategy);
  callFromOutside(fleet, (atMs) => service.call(atMs));
  time.runUntil(simulationStartMs + scenario.endMs);
  return fleet;
}

function feed({ scenario, time, draws: drawn, items }: Fleet, queue: WorkQueue): void {
  const { load, quotaPerSecond, burstCount, warmMs, silentAtMs, endMs } = scenario;
  const arrive = (lane: Lane) => {
    const arrivedAtMs = time.nowMs();
    const item: Item = {
      lane,
      arrivedAtMs,
      calledAtMs: 0,
      answeredAtMs: undefined,
      isPoisoned: false,
      deliveryCount: 0,
    };
    items.push(item);
    queue.add(item, 0);
  };
  const entries = Object.entries(load) as [Lane, number][];
  for (const [index, [lane, ratio]] of entries.entries()) {
    if (ratio <= 0) continue;
    const untilMs = simulationStartMs + (index === 0 ? (silentAtMs ?? endMs) : endMs);
    const next = () => {
      if (time.nowMs() > untilMs) return;
      arrive(lane);
      time.after(drawn.gapMs(ratio * quotaPerSecond), next);
    };
    time.after(drawn.gapMs(ratio * quotaPerSecond), next);
  }
  if (burstCount > 0) {
    time.after(warmMs, () => {
      for (let index = 0; index < burstCount; index += 1) arrive('live');
    });
  }
}

/** Another client of the same resource, of which the fleet knows nothing. */
function callFromOutside({ scenario, time, draws: drawn }: Fleet, call: (atMs: number) => boolean) {
  const { foreignPerSecond } = scenario;
  if (foreignPerSecond === 0) return;
  const next = () => {
    call(time.nowMs());
    time.after(drawn.gapMs(foreignPerSecond), next);
  };
  time.after(drawn.gapMs(foreignPerSecond), next);
}

const visibilityMs = 30_000;
const restartMs = 5_000;

function crash({ scenario, time }: Fleet, queue: WorkQueue, strategy: Strategy): void {
  const { atMs, ratio } = scenario.crash ?? { atMs: 0, ratio: 0 };
  time.after(atMs, () => {
    for (const instance of queue.instances.slice(0, Math.ceil(queue.instances.length * ratio))) {
      const lost = queue.kill(instance);
      for (const item of lost) {
        if (item.answeredAtMs === undefined) queue.add(item, visibilityMs);
      }
      time.after(restartMs, () => {
        instance.isAlive = true;
        strategy.start(instance);
        queue.revive(instance);
      });
    }
  });
}

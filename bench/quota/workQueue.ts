/** Queues of photos, one for all or one per lane, and the instances that take from them. */
import { type Lane, lanes } from '../../shared/quota/lanes.ts';
import type { Draws } from './draws.ts';
import type { Instance, Item } from './fleet.ts';
import type { Scenario } from './scenario.ts';
import type { VirtualTime } from './virtualTime.ts';

export interface WorkQueue {
  readonly instances: readonly Instance[];
  open(take: (instance: Instance, item: Item) => void): void;
  add(item: Item, delayMs: number): void;
  release(instance: Instance, item: Item): void;
  /** @returns what it held. */
  kill(instance: Instance): readonly Item[];
  revive(instance: Instance): void;
}

/** Photos one instance works on at the same time. */
const heldPerInstance = 16;

interface Group {
  readonly items: Item[];
  nextIndex: number;
  readonly free: Instance[];
}

export function workQueue(scenario: Scenario, time: VirtualTime, draws: Draws): WorkQueue {
  const instances = Array.from({ length: scenario.instanceCount }, (_, index) =>
    newInstance(scenario, index, draws),
  );
  const used = lanes.filter((lane) => (scenario.load[lane] ?? 0) > 0);
  const groups = new Map<string, Group>();
  const groupOf = (lane: Lane) => {
    const name = scenario.isDedicated ? lane : 'all';
    const group = groups.get(name) ?? { items: [], nextIndex: 0, free: [] };
    groups.set(name, group);
    return group;
  };
  const laneOf = (instance: Instance) => used[instance.index % used.length] ?? 'live';
  let take: (instance: Instance, item: Item) => void = () => {};

  const pump = (group: Group) => {
    while (group.free.length > 0 && group.nextIndex < group.items.length) {
      const index = Math.floor(draws.uniform() * group.free.length);
      const instance = group.free[index];
      const item = group.items[group.nextIndex];
      if (!instance || !item) return;
      group.nextIndex += 1;
      instance.held.add(item);
      item.deliveryCount += 1;
      if (instance.held.size >= heldPerInstance) removeAt(group.free, index);
      take(instance, item);
    }
    if (group.nextIndex > 65_536) {
      group.items.splice(0, group.nextIndex);
      group.nextIndex = 0;
    }
  };
  const offer = (instance: Instance) => {
    const group = groupOf(laneOf(instance));
    if (instance.isAlive && !group.free.includes(instance)) group.free.push(instance);
    pump(group);
  };
  return {
    instances,
    open(onTake) {
      take = onTake;
      for (const instance of instances) offer(instance);
    },
    add(item, delayMs) {
      const group = groupOf(item.lane);
      time.after(delayMs, () => {
        group.items.push(item);
        pump(group);
      });
    },
    release(instance, item) {
      const wasFull = instance.held.size >= heldPerInstance;
      if (!instance.held.delete(item)) return;
      // Not from within the strategy that has just let go.
      if (wasFull) time.after(0, () => offer(instance));
    },
    kill(instance) {
      const held = [...instance.held];
      instance.held.clear();
      instance.isAlive = false;
      instance.life += 1;
      const { free } = groupOf(laneOf(instance));
      const index = free.indexOf(instance);
      if (index >= 0) removeAt(free, index);
      return held;
    },
    revive: offer,
  };
}

function newInstance({ skew, instanceCount }: Scenario, index: number, draws: Draws): Instance {
  const twoSecondsMs = (draws.uniform() < 0.5 ? -1 : 1) * 2_000;
  const minuteMs = index === Math.floor(instanceCount / 2) ? 60_000 : 0;
  const skews = { none: 0, twoSeconds: twoSecondsMs, oneMinute: minuteMs };
  return { index, skewMs: skews[skew], held: new Set(), life: 0, isAlive: true };
}

function removeAt(instances: Instance[], index: number): void {
  const last = instances.pop();
  if (last && index < instances.length) instances[index] = last;
}

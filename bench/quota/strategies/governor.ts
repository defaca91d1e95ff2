/** The production governor: its own code, driven in virtual time over a simulated blob. */
import { defaultWeights } from '../../../shared/quota/lanes.ts';
import { quotaLimits } from '../../../shared/quota/limits.ts';
import { type SlotKeeper, slotKeeper } from '../../../shared/quota/slotKeeper.ts';
import { turnAfterRefusal } from '../../../shared/quota/turn.ts';
import { type Fleet, type Instance, type Item, retryAfterMs, type Strategy } from '../fleet.ts';

const waitBudgetMs = 20_000;

interface Blob {
  text: string | undefined;
  version: number;
}

export interface GovernorCounts {
  readonly readCount: number;
  readonly writeCount: number;
  readonly conflictCount: number;
}

export interface GovernorStrategy extends Strategy {
  keeperOf(instance: Instance): SlotKeeper | undefined;
  /** Over all instances, the dead ones included. */
  counts(): GovernorCounts;
}

export function governor(fleet: Fleet): GovernorStrategy {
  const { scenario, time, draws } = fleet;
  const limits = quotaLimits(scenario.quotaPerSecond, undefined, defaultWeights);
  const blob: Blob = { text: undefined, version: 0 };
  const keepers = new Map<number, SlotKeeper>();
  const dead: SlotKeeper[] = [];

  const attempt = (instance: Instance, item: Item, sinceMs: number, notBeforeMs: number) => {
    const keeper = keepers.get(instance.index);
    const deadlineMs = sinceMs + waitBudgetMs;
    keeper?.ask({ lane: item.lane, sinceMs, notBeforeMs, deadlineMs }, (answer) => {
      const nowMs = time.nowMs() + instance.skewMs;
      if (answer.kind === 'parkUntil') {
        fleet.giveBack(instance, item, answer.atMs - nowMs);
        return;
      }
      fleet.call(instance, item, (isAccepted) => {
        keeper.report(answer.slot, { kind: isAccepted ? 'accepted' : 'refused' });
        if (isAccepted) return;
        const seenAtMs = time.nowMs() + instance.skewMs;
        const turn = turnAfterRefusal(retryAfterMs, seenAtMs, deadlineMs, draws.uniform);
        if (turn.kind === 'park') fleet.giveBack(instance, item, turn.atMs - seenAtMs);
        else attempt(instance, item, sinceMs, turn.atMs);
      });
    });
  };
  return {
    start(instance) {
      const previous = keepers.get(instance.index);
      if (previous) dead.push(previous);
      keepers.set(instance.index, slotKeeper(limits, keeperWorld(fleet, instance, blob)));
    },
    submit(instance, item) {
      const sinceMs = time.nowMs() + instance.skewMs;
      attempt(instance, item, sinceMs, sinceMs);
    },
    keeperOf: (instance) => keepers.get(instance.index),
    counts() {
      const all = [...keepers.values(), ...dead].map((keeper) => keeper.stats().counts);
      const sum = (valueOf: (each: GovernorCounts) => number) =>
        all.reduce((total, each) => total + valueOf(each), 0);
      return {
        readCount: sum(({ readCount }) => readCount),
        writeCount: sum(({ writeCount }) => writeCount),
        conflictCount: sum(({ conflictCount }) => conflictCount),
      };
    },
  };
}

function keeperWorld(fleet: Fleet, instance: Instance, blob: Blob) {
  const { time, storage, draws } = fleet;
  const { life } = instance;
  const living =
    <Answer>(done: (answer: Answer) => void) =>
    (answer: Answer) => {
      if (instance.life === life) done(answer);
    };
  return {
    nowMs: () => time.nowMs() + instance.skewMs,
    random: draws.uniform,
    after: (delayMs: number, run: () => void) => fleet.after(instance, delayMs, run),
    read: (done: Parameters<Parameters<typeof slotKeeper>[1]['read']>[0]) =>
      storage.operate((serverAtMs) => {
        const { text, version } = blob;
        const found = text === undefined ? undefined : { text, etag: String(version) };
        return { found, serverAtMs };
      }, living(done)),
    swap: (
      text: string,
      etag: string | undefined,
      done: Parameters<Parameters<typeof slotKeeper>[1]['swap']>[2],
    ) =>
      storage.operate((serverAtMs) => {
        const present = blob.text === undefined ? undefined : String(blob.version);
        if (present !== etag) return { kind: 'conflict', serverAtMs } as const;
        blob.text = text;
        blob.version += 1;
        return { kind: 'swapped', etag: String(blob.version), serverAtMs } as const;
      }, living(done)),
  };
}

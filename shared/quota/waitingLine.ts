/** Photos of one process that wait for a slot, by lane, oldest first. */
import { type Lane, lanes, mapLanes, type PerLane } from './lanes.ts';

export interface Ticket {
  readonly lane: Lane;
  /** When it first asked: after a refusal it takes its old place. */
  readonly sinceMs: number;
  /** The endpoint has asked it to wait until then. */
  readonly notBeforeMs: number;
  /** After that it is better parked. */
  readonly deadlineMs: number;
}

export interface WaitingLine<Entry extends Ticket> {
  add(entry: Entry): void;
  remove(entry: Entry): boolean;
  /** Those that could go now and would still be here at `untilMs`, by lane. */
  ready(nowMs: number, untilMs: number): PerLane;
  waiting(): PerLane;
  /** The lane's own first; where it has none, the oldest of any lane: nothing is wasted. */
  take(lane: Lane | undefined, nowMs: number): Entry | undefined;
  /** Those that will not be here any more at `untilMs`. */
  takeLeaving(untilMs: number): readonly Entry[];
  /** All but the `keptCount` that have waited longest. */
  takeNewest(keptCount: number): readonly Entry[];
  oldestSinceMs(): number | undefined;
  /** When the next one that has been asked to wait may go. */
  nextReadyAtMs(nowMs: number): number | undefined;
}

type ByLane<Entry> = Readonly<Record<Lane, Entry[]>>;

export function waitingLine<Entry extends Ticket>(): WaitingLine<Entry> {
  const byLane: ByLane<Entry> = { live: [], line: [], drained: [], backfill: [], shadow: [] };
  const all = () => lanes.flatMap((lane) => byLane[lane]);
  const removeAll = (entries: readonly Entry[]) => {
    for (const entry of entries) remove(byLane, entry);
    return entries;
  };
  return {
    add(entry) {
      const line = byLane[entry.lane];
      const after = line.findLastIndex(({ sinceMs }) => sinceMs <= entry.sinceMs);
      line.splice(after + 1, 0, entry);
    },
    remove: (entry) => remove(byLane, entry),
    ready: (nowMs, untilMs) => mapLanes((lane) => readyCount(byLane[lane], nowMs, untilMs)),
    waiting: () => mapLanes((lane) => byLane[lane].length),
    take(lane, nowMs) {
      const firstReady = (from: Lane) =>
        byLane[from].find(({ notBeforeMs }) => notBeforeMs <= nowMs);
      const own = lane && firstReady(lane);
      const entry = own ?? oldest(lanes.flatMap((other) => firstReady(other) ?? []));
      if (entry) remove(byLane, entry);
      return entry;
    },
    takeLeaving: (untilMs) => removeAll(all().filter(({ deadlineMs }) => deadlineMs < untilMs)),
    takeNewest: (keptCount) =>
      removeAll(
        all()
          .toSorted((left, right) => left.sinceMs - right.sinceMs)
          .slice(keptCount),
      ),
    oldestSinceMs: () => oldest(all())?.sinceMs,
    nextReadyAtMs(nowMs) {
      const later = all().flatMap(({ notBeforeMs }) => (notBeforeMs > nowMs ? [notBeforeMs] : []));
      return later.length === 0 ? undefined : Math.min(...later);
    },
  };
}

function remove<Entry extends Ticket>(byLane: ByLane<Entry>, entry: Entry): boolean {
  const index = byLane[entry.lane].indexOf(entry);
  if (index >= 0) byLane[entry.lane].splice(index, 1);
  return index >= 0;
}

function readyCount(line: readonly Ticket[], nowMs: number, untilMs: number): number {
  let count = 0;
  for (const { notBeforeMs, deadlineMs } of line) {
    if (notBeforeMs <= nowMs && deadlineMs >= untilMs) count += 1;
  }
  return count;
}

function oldest<Entry extends Ticket>(entries: readonly Entry[]): Entry | undefined {
  const [first, ...rest] = entries;
  return rest.reduce(
    (best, entry) => (best && best.sinceMs <= entry.sinceMs ? best : entry),
    first,
  );
}

/**
 * Photos in turns, and in each turn a few to one app and then a few to the next, in an order that
 * changes: what slows one slows all, and their difference scatters by far less than either.
 */
import { mapBounded } from '../../shared/adapters/system/mapBounded.ts';
import type { AppReply } from './appMessages.ts';
import type { AppProcess } from './appProcess.ts';

export interface Turn {
  /** One photo at a time, as on a line: how long each took, and its processor time. */
  readonly lineMs: readonly number[];
  readonly lineCpuMs: readonly number[];
  /** Of as many at once as an app takes: how long each slice took. */
  readonly stormMs: readonly number[];
  /** Processor time between all these: most of the sending, and what the engine does when it likes. */
  readonly idleCpuMs: number;
}

export type Turns<Name extends string> = readonly Readonly<Record<Name, Turn>>[];

export interface TurnPlan {
  readonly turnCount: number;
  readonly lineCount: number;
  readonly stormCount: number;
  /** Photos before all turns: until then each is cheaper than the one before. */
  readonly warmUpCount: number;
}

export interface BenchStorage {
  /** Makes photos in a folder and names them. */
  upload(folder: string, count: number): Promise<string[]>;
  /** The local storage grows slower with all that lies in it. */
  clear(): Promise<void>;
}

const atOnceCount = 8;

/**
 * Photos that one app gets before the next has its turn: what slows the machine lasts for longer. With
 * one alone each photo would find the machine's caches full of what the other apps did.
 */
const sliceCounts = { line: 12, storm: 16 };

interface Seen extends Turn {
  readonly lineMs: number[];
  readonly lineCpuMs: number[];
  readonly stormMs: number[];
  idleCpuMs: number;
}

export async function runTurns<Name extends string>(
  apps: Readonly<Record<Name, AppProcess>>,
  plan: TurnPlan,
  storage: BenchStorage,
): Promise<Turns<Name>> {
  const names = Object.keys(apps) as Name[];
  const cpuBeforeMs = await warmedUp(apps, plan, storage);
  const counts = { line: plan.lineCount, storm: plan.stormCount };
  const play = async (turn: number, kind: 'line' | 'storm', seen: Record<Name, Seen>) => {
    const sliceCount = sliceCounts[kind];
    const blobNames = await uploaded(names, (name) =>
      storage.upload(`${name}/${turn}-${kind}`, counts[kind]),
    );
    for (let first = 0; first < counts[kind]; first += sliceCount) {
      for (const name of inTurn(names, turn + first / sliceCount)) {
        const reply = await apps[name].ask({
          kind: 'photos',
          blobNames: blobNames[name].slice(first, first + sliceCount),
          atOnceCount: kind === 'line' ? 1 : atOnceCount,
        });
        note(seen[name], kind, reply, cpuBeforeMs[name]);
        cpuBeforeMs[name] = reply.cpuMs;
      }
    }
  };
  const turns: Record<Name, Seen>[] = [];
  for (let turn = 0; turn < plan.turnCount; turn += 1) {
    await storage.clear();
    const seen = ofEach(
      names,
      (): Seen => ({ lineMs: [], lineCpuMs: [], stormMs: [], idleCpuMs: 0 }),
    );
    await play(turn, 'line', seen);
    await play(turn, 'storm', seen);
    turns.push(seen);
  }
  return turns;
}

function note(seen: Seen, kind: 'line' | 'storm', reply: AppReply, cpuBeforeMs: number): void {
  if (kind === 'storm') {
    seen.stormMs.push(reply.elapsedMs);
    return;
  }
  const photosCpuMs = reply.photoCpuMs.reduce((sum, cpuMs) => sum + cpuMs, 0);
  seen.idleCpuMs += reply.cpuMs - photosCpuMs - cpuBeforeMs;
  seen.lineMs.push(...reply.photoMs);
  seen.lineCpuMs.push(...reply.photoCpuMs);
}

async function uploaded<Name extends string>(
  names: readonly Name[],
  upload: (name: Name) => Promise<string[]>,
): Promise<Record<Name, string[]>> {
  const found = await Promise.all(names.map(upload));
  const byName = new Map(names.map((name, index) => [name, found[index] ?? []]));
  return ofEach(names, (name) => byName.get(name) ?? []);
}

function ofEach<Name extends string, Value>(
  names: readonly Name[],
  valueOf: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<Name, Value>;
}

/** Of one go of warming up. */
const goCount = 100;

/** @returns the processor time of each until then. */
async function warmedUp<Name extends string>(
  apps: Readonly<Record<Name, AppProcess>>,
  { warmUpCount }: TurnPlan,
  storage: BenchStorage,
): Promise<Record<Name, number>> {
  const names = Object.keys(apps) as Name[];
  for (let left = warmUpCount; left > 0; left -= goCount) {
    await storage.clear();
    await atOnce(names, async (name) => {
      const blobNames = await storage.upload(`${name}/warm-up-${left}`, Math.min(left, goCount));
      await apps[name].ask({ kind: 'photos', blobNames, atOnceCount });
    });
  }
  const cpuMs = ofEach(names, () => 0);
  for (const name of names) {
    await apps[name].ask({ kind: 'collect' });
    const idle = await apps[name].ask({ kind: 'photos', blobNames: [], atOnceCount });
    cpuMs[name] = idle.cpuMs;
  }
  return cpuMs;
}

const atOnce = mapBounded(2);

function inTurn<Name extends string>(names: readonly Name[], turn: number): Name[] {
  return names.map((_, index) => names[(index + turn) % names.length] ?? names[0]) as Name[];
}

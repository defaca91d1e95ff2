/** What a world leaves behind once it has stopped: handles, processes, files, memory. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Holdings {
  /** What keeps this process awake, by kind. */
  readonly handleCounts: ReadonlyMap<string, number>;
  /** Of this process, direct ones. */
  readonly childPids: ReadonlySet<number>;
  readonly files: ReadonlySet<string>;
  /** Of this process, after a collection of what is not used any more. */
  readonly heapBytes: number;
}

export interface Leftovers {
  readonly handles: readonly string[];
  readonly childPids: readonly number[];
  readonly files: readonly string[];
  readonly heapBytes: number;
}

/** A stopped server's handle goes with the next turns of the event loop. */
const settleTimeoutMs = 5_000;
const settleStepMs = 20;

/** @param folders - where files would turn up. */
export function holdings(folders: readonly string[]): Holdings {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const handleCounts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    handleCounts.set(kind, (handleCounts.get(kind) ?? 0) + 1);
  }
  return {
    handleCounts,
    childPids: new Set(childPids()),
    files: new Set(folders.flatMap(filesIn)),
    heapBytes: heapUsed + arrayBuffers,
  };
}

/** What there is more of than before, once nothing goes away any more. */
export async function leftovers(before: Holdings, folders: readonly string[]): Promise<Leftovers> {
  const untilMs = performance.now() + settleTimeoutMs;
  let more = difference(before, holdings(folders));
  while (more.handles.length + more.childPids.length > 0 && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, settleStepMs));
    more = difference(before, holdings(folders));
  }
  return more;
}

function difference(before: Holdings, after: Holdings): Leftovers {
  const countBefore = (kind: string) => before.handleCounts.get(kind) ?? 0;
  const more = [...after.handleCounts].filter(([kind, count]) => count > countBefore(kind));
  return {
    handles: more.map(([kind, count]) => `${kind}: ${countBefore(kind)} → ${count}`),
    childPids: [...after.childPids].filter((pid) => !before.childPids.has(pid)),
    files: [...after.files].filter((file) => !before.files.has(file)),
    heapBytes: after.heapBytes - before.heapBytes,
  };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).map((name) => join(folder, name));
}

function childPids(): number[] {
  const listing = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' });
  return listing.split('\n').flatMap((line) => {
    const [pid, parent, name] = line.trim().split(/\s+/);
    return Number(parent) === process.pid && name !== 'ps' ? [Number(pid)] : [];
  });
}

let collect: (() => void) | undefined;

function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}

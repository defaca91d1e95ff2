/** How often each function was called, and what became of the last calls. */
import type { FunctionStats } from './options.ts';

/** A long run must not fill memory. */
const keptCount = 1_000;

export interface InvocationEntry {
  readonly invocationId: string;
  readonly functionName: string;
  readonly retryCount: number;
  readonly startedAtMs: number;
  endedAtMs: number | undefined;
  outcome: 'running' | 'succeeded' | 'failed';
}

export function invocationBook(functionNames: readonly string[]) {
  const zero = () => ({ succeededCount: 0, failedCount: 0, runningCount: 0 });
  const counts = new Map(functionNames.map((name) => [name, zero()]));
  const entries: InvocationEntry[] = [];
  let startedCount = 0;

  const countsOf = (name: string) => {
    const known = counts.get(name) ?? zero();
    counts.set(name, known);
    return known;
  };

  return {
    begin(functionName: string, invocationId: string, retryCount: number): InvocationEntry {
      const open = { startedAtMs: Date.now(), endedAtMs: undefined, outcome: 'running' } as const;
      const entry: InvocationEntry = { invocationId, functionName, retryCount, ...open };
      entries.push(entry);
      if (entries.length > keptCount) entries.shift();
      startedCount += 1;
      countsOf(functionName).runningCount += 1;
      return entry;
    },
    end(entry: InvocationEntry, outcome: 'succeeded' | 'failed'): void {
      entry.endedAtMs = Date.now();
      entry.outcome = outcome;
      const tally = countsOf(entry.functionName);
      tally.runningCount -= 1;
      tally[outcome === 'succeeded' ? 'succeededCount' : 'failedCount'] += 1;
    },
    startedCount: () => startedCount,
    recent: (): readonly InvocationEntry[] => entries,
    stats: (): Record<string, FunctionStats> =>
      Object.fromEntries([...counts].map(([name, tally]) => [name, { ...tally }])),
  };
}

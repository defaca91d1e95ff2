/** All calls of the app go through here: counted, timed out, logged as the real host does. */
import { randomUUID } from 'node:crypto';
import type { InvocationRequest, InvocationResponse } from './app/invocation.ts';
import type { App, AppFunction } from './app/loadApp.ts';
import type { FunctionStats, HostLog } from './options.ts';
import { endedWithin } from './triggers/endedWithin.ts';

export type InvocationResult =
  | { readonly kind: 'succeeded'; readonly response: InvocationResponse }
  | { readonly kind: 'failed'; readonly error: Error };

export interface Invocations {
  /** Never rejects. */
  run(called: AppFunction, request: InvocationRequest): Promise<InvocationResult>;
  /** Calls started so far, of all functions. */
  startedCount(): number;
  runningCount(): number;
  stats(): Record<string, FunctionStats>;
  /** Resolves when nothing runs, or after `timeoutMs`. */
  drained(timeoutMs: number): Promise<void>;
}

interface Counts {
  succeededCount: number;
  failedCount: number;
  runningCount: number;
}

export interface InvocationsOptions {
  readonly app: App;
  /** Longer than this counts as failed; the handler itself can't be stopped. */
  readonly functionTimeoutMs: number;
  readonly onLog: (log: HostLog) => void;
}

export function invocations({ app, functionTimeoutMs, onLog }: InvocationsOptions): Invocations {
  const counts = new Map<string, Counts>(
    [...app.functions.keys()].map((name) => [
      name,
      { succeededCount: 0, failedCount: 0, runningCount: 0 },
    ]),
  );
  const running = new Set<Promise<unknown>>();
  let startedCount = 0;

  async function attempt(called: AppFunction, request: InvocationRequest) {
    const calls = app.invoke(called, request);
    const limited = Number.isFinite(functionTimeoutMs)
      ? withTimeout(calls, called.name, functionTimeoutMs)
      : calls;
    try {
      return { kind: 'succeeded', response: await limited } as const;
    } catch (error) {
      return { kind: 'failed', error: asError(error) } as const;
    }
  }

  async function run(called: AppFunction, request: InvocationRequest): Promise<InvocationResult> {
    const invocationId = request.invocationId ?? randomUUID();
    const tally = counts.get(called.name);
    const startedAtMs = performance.now();
    startedCount += 1;
    if (tally) tally.runningCount += 1;
    const pending = attempt(called, { ...request, invocationId });
    running.add(pending);
    const result = await pending;
    running.delete(pending);
    if (tally) {
      tally.runningCount -= 1;
      if (result.kind === 'succeeded') tally.succeededCount += 1;
      else tally.failedCount += 1;
    }
    onLog(resultLog(called.name, invocationId, result, performance.now() - startedAtMs));
    return result;
  }

  return {
    run,
    startedCount: () => startedCount,
    runningCount: () => running.size,
    stats: () => Object.fromEntries([...counts].map(([name, tally]) => [name, { ...tally }])),
    async drained(timeoutMs) {
      await endedWithin(Promise.all(running), timeoutMs);
    },
  };
}

function withTimeout<Value>(call: Promise<Value>, name: string, timeoutMs: number): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const message = `Timeout value of ${timeoutMs} ms exceeded by function: Functions.${name}`;
  const timer = setTimeout(() => reject(new Error(message)), timeoutMs);
  return Promise.race([call, promise]).finally(() => clearTimeout(timer));
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function resultLog(
  name: string,
  invocationId: string,
  result: InvocationResult,
  durationMs: number,
): HostLog {
  const isDone = result.kind === 'succeeded';
  const outcome = isDone ? 'Succeeded' : 'Failed';
  const summary = `Executed 'Functions.${name}' (${outcome}, Id=${invocationId}, Duration=${Math.round(durationMs)}ms)`;
  return {
    atMs: Date.now(),
    level: isDone ? 'information' : 'error',
    category: `Function.${name}`,
    message: isDone ? summary : `${summary}: ${result.error.message}`,
    functionName: name,
    invocationId,
  };
}

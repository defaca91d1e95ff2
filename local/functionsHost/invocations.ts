/** All calls of the app go through here: counted, timed out, logged as the real host does. */
import { randomUUID } from 'node:crypto';
import type { InvocationRequest, InvocationResponse } from './app/invocation.ts';
import type { App, AppFunction } from './app/loadApp.ts';
import { type InvocationEntry, invocationBook } from './invocationBook.ts';
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
  /** The last ones, oldest first. */
  recent(): readonly InvocationEntry[];
  /** Resolves when nothing runs, or after `timeoutMs`. */
  drained(timeoutMs: number): Promise<void>;
}

export interface InvocationsOptions {
  readonly app: App;
  /** Longer than this counts as failed; the handler itself can't be stopped. */
  readonly functionTimeoutMs: number;
  readonly onLog: (log: HostLog) => void;
}

export function invocations({ app, functionTimeoutMs, onLog }: InvocationsOptions): Invocations {
  const book = invocationBook([...app.functions.keys()]);
  const running = new Set<Promise<unknown>>();

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
    const startedAtMs = performance.now();
    const entry = book.begin(called.name, invocationId, request.retryContext?.retryCount ?? 0);
    const pending = attempt(called, { ...request, invocationId });
    running.add(pending);
    const result = await pending;
    running.delete(pending);
    book.end(entry, result.kind);
    onLog(resultLog(called.name, invocationId, result, performance.now() - startedAtMs));
    return result;
  }

  return {
    run,
    startedCount: book.startedCount,
    runningCount: () => running.size,
    stats: book.stats,
    recent: book.recent,
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

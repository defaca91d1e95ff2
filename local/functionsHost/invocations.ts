/** All calls of the app go through here: counted, listed, logged as the real host does. */
import { randomUUID } from 'node:crypto';
import type { AppFunction } from './app/appFunction.ts';
import type { InvocationRequest, InvocationResponse } from './app/invocation.ts';
import { type InvocationEntry, invocationBook } from './invocationBook.ts';
import type { FunctionStats, HostLog } from './options.ts';
import { endedWithin } from './triggers/endedWithin.ts';
import type { Workers } from './worker/workers.ts';

export type InvocationResult =
  | { readonly kind: 'succeeded'; readonly response: InvocationResponse }
  | { readonly kind: 'failed'; readonly error: Error };

export interface Invocations {
  /**
   * Never rejects.
   *
   * @param passedOn - what else has to be over: a streamed answer on its way to the caller.
   */
  run(
    called: AppFunction,
    request: InvocationRequest,
    passedOn?: Promise<unknown>,
  ): Promise<InvocationResult>;
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
  readonly workers: Pick<Workers, 'invoke'>;
  readonly functionNames: readonly string[];
  readonly onLog: (log: HostLog) => void;
}

export function invocations({ workers, functionNames, onLog }: InvocationsOptions): Invocations {
  const book = invocationBook(functionNames);
  const running = new Set<Promise<unknown>>();

  async function attempt(
    { name }: AppFunction,
    call: InvocationRequest & { invocationId: string },
    passedOn: Promise<unknown> | undefined,
  ): Promise<InvocationResult> {
    try {
      return { kind: 'succeeded', response: await workers.invoke(name, call, passedOn) };
    } catch (error) {
      return { kind: 'failed', error: asError(error) };
    }
  }

  const run: Invocations['run'] = async (called, request, passedOn) => {
    const invocationId = request.invocationId ?? randomUUID();
    const startedAtMs = performance.now();
    const entry = book.begin(called.name, invocationId, request.retryContext?.retryCount ?? 0);
    const pending = attempt(called, { ...request, invocationId }, passedOn);
    running.add(pending);
    const result = await pending;
    running.delete(pending);
    book.end(entry, result.kind);
    onLog(resultLog(entry, result, performance.now() - startedAtMs));
    return result;
  };

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

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function resultLog(
  { functionName, invocationId }: InvocationEntry,
  result: InvocationResult,
  durationMs: number,
): HostLog {
  const isDone = result.kind === 'succeeded';
  const outcome = isDone ? 'Succeeded' : 'Failed';
  const summary = `Executed 'Functions.${functionName}' (${outcome}, Id=${invocationId}, Duration=${Math.round(durationMs)}ms)`;
  return {
    atMs: Date.now(),
    level: isDone ? 'information' : 'error',
    category: `Function.${functionName}`,
    message: isDone ? summary : `${summary}: ${result.error.message}`,
    functionName,
    invocationId,
  };
}

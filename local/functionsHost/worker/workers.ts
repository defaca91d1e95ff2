/**
 * The app behind the host, whatever becomes of its process: a worker that ends by itself or that a
 * call holds up is replaced, until too many have crashed.
 */
import type { InvocationRequest, InvocationResponse } from '../app/invocation.ts';
import { timeSpanText } from '../hostJsonValues.ts';
import { endedWithin } from '../triggers/endedWithin.ts';
import type { BlankWorker } from './blankWorker.ts';
import { startWorker, type Worker, type WorkerOptions } from './startWorker.ts';
import type { LoadedApp, WorkerMemory } from './workerMessages.ts';

type Call = InvocationRequest & { readonly invocationId: string };

export interface Workers {
  /** What the first worker registered. @throws Error where none comes up. */
  loaded(): Promise<LoadedApp>;
  /** Of the worker in service. */
  capabilities(): Readonly<Record<string, string>>;
  /**
   * Waits for a new worker where one is on its way.
   *
   * @param passedOn - what else the call takes, beside the function's own end: a streamed answer.
   * @throws Error what the function threw, or the crash.
   */
  invoke(
    functionName: string,
    call: Call,
    passedOn?: Promise<unknown>,
  ): Promise<InvocationResponse>;
  measure(): Promise<WorkerMemory>;
  /** Ends the worker as a fault of the app would. */
  crash(): Promise<void>;
  /** Runs the app's terminate hooks and ends the worker; none is started any more. */
  terminate(): Promise<void>;
}

export interface WorkersOptions extends WorkerOptions {
  /** Becomes the first worker where it can. */
  readonly blank?: BlankWorker | undefined;
  readonly functionTimeoutMs: number;
  /** Once, when so many have crashed that none is started any more. */
  readonly onGivenUp: (reason: string) => void;
}

// Source: Azure Functions host, RpcFunctionInvocationDispatcher and WorkerConstants, 2026-11-25.
const maxCrashCount = 3;
const crashMemoryMs = 30 * 60_000;
const terminateGraceMs = 5_000;
/** Source: Azure Functions host 4.1037, how long after a timeout the worker was restarted, 2026-11-23. */
const timeoutGraceMs = 2_000;

export function workers(options: WorkersOptions): Workers {
  const service = workerService(options);
  return {
    loaded: async () => (await service.ready()).loaded,
    capabilities: service.capabilities,
    async invoke(functionName, call, passedOn) {
      const worker = await service.ready();
      const answer = afterAll(worker.invoke(functionName, call), passedOn);
      const limit = timeoutOf(options.functionTimeoutMs, functionName, call.invocationId);
      if (!limit) return answer;
      try {
        return await Promise.race([answer, limit.expired]);
      } finally {
        limit.end();
        if (limit.isExpired()) void replaceUnlessOver(service, worker, answer);
      }
    },
    measure: async () => (await service.ready()).measure(),
    async crash() {
      const worker = await service.ready();
      worker.crash();
      await worker.exited;
    },
    terminate: () => service.terminate(),
  };
}

type WorkerService = ReturnType<typeof workerService>;

function workerService(options: WorkersOptions) {
  const crashes = crashCounter();
  let capabilities: LoadedApp['capabilities'] = {};
  /** Why there is no worker any more. */
  let end: Error | undefined;
  let current = start();

  function start(): Worker {
    const worker = startWorker(options, options.blank);
    void watch(worker);
    return worker;
  }

  async function watch(worker: Worker): Promise<void> {
    const app = await worker.loaded.catch(() => undefined);
    if (app) capabilities = app.capabilities;
    const how = await worker.exited;
    if (worker === current && !end) onCrash(how);
  }

  function onCrash(how: string): void {
    const log = (message: string) =>
      options.onLog({ level: 'error', category: 'Host.Worker', message });
    log(`The worker process ended by itself (${how}); its calls have failed.`);
    if (crashes.note() < maxCrashCount) {
      current = start();
      return;
    }
    const reason = `The worker process crashed ${maxCrashCount} times: the host shuts down.`;
    end = new Error(reason);
    log(reason);
    options.onGivenUp(reason);
  }

  return {
    capabilities: () => capabilities,
    ready: () =>
      ready(
        () => current,
        () => end,
      ),
    replace(worker: Worker): void {
      if (worker !== current || end) return;
      current = start();
      void worker.terminate(terminateGraceMs);
    },
    async terminate(): Promise<void> {
      end ??= new Error('The host has stopped.');
      await current.terminate(terminateGraceMs);
    },
  };
}

/** The worker in service, once it is up. @throws Error where none comes up any more. */
async function ready(current: () => Worker, end: () => Error | undefined): Promise<Worker> {
  for (let worker = current(); ; worker = current()) {
    const ended = end();
    if (ended) throw ended;
    if (await isUp(worker)) return worker;
    // Its end is noted by others first; then we go on with what came in its place.
    await worker.exited;
    await new Promise(setImmediate);
  }
}

async function isUp(worker: Worker): Promise<boolean> {
  try {
    await worker.loaded;
    return true;
  } catch {
    // It ended before it was.
    return false;
  }
}

/** @returns how many there were, each not long after the one before. */
function crashCounter() {
  let crashCount = 0;
  let lastAtMs = Number.NEGATIVE_INFINITY;
  return {
    note(): number {
      const nowMs = performance.now();
      crashCount = nowMs - lastAtMs > crashMemoryMs ? 1 : crashCount + 1;
      lastAtMs = nowMs;
      return crashCount;
    },
  };
}

function timeoutOf(functionTimeoutMs: number, functionName: string, invocationId: string) {
  if (!Number.isFinite(functionTimeoutMs)) return undefined;
  const { promise, reject } = Promise.withResolvers<never>();
  const span = timeSpanText(functionTimeoutMs);
  const message = `Timeout value of ${span} exceeded by function 'Functions.${functionName}' (Id: '${invocationId}'). Initiating cancellation.`;
  let isExpired = false;
  const timer = setTimeout(() => {
    isExpired = true;
    reject(new Error(message));
  }, functionTimeoutMs);
  return { expired: promise, isExpired: () => isExpired, end: () => clearTimeout(timer) };
}

async function afterAll<Answer>(answer: Promise<Answer>, passedOn: Promise<unknown> | undefined) {
  // It is waited for later, and may have failed by then.
  answer.catch(() => {});
  await passedOn;
  return answer;
}

/** A handler that ends soon after its time is up keeps its worker; others in it would have paid. */
async function replaceUnlessOver(
  service: WorkerService,
  worker: Worker,
  answer: Promise<unknown>,
): Promise<void> {
  let isOver = false;
  const ending = answer
    .catch(() => {})
    .finally(() => {
      isOver = true;
    });
  await endedWithin(ending, timeoutGraceMs);
  if (!isOver) service.replace(worker);
}

/** One worker process and the wire to it. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { InvocationRequest, InvocationResponse } from '../app/invocation.ts';
import type { AppLog } from '../app/loadApp.ts';
import { forwardOutput } from '../processOutput.ts';
import type { Settings } from '../settings.ts';
import { endedWithin } from '../triggers/endedWithin.ts';
import { type BlankWorker, forkWorker } from './blankWorker.ts';
import {
  type InvocationAnswer,
  type LoadedApp,
  type WorkerMemory,
  type WorkerReply,
  type WorkerRequest,
  workerReplySchema,
} from './workerMessages.ts';

export interface Worker {
  /** Rejects where the process ends first. */
  readonly loaded: Promise<LoadedApp>;
  /** Resolves with how it ended, such as `1` or `SIGKILL`. */
  readonly exited: Promise<string>;
  /** @throws Error what the function threw, or that the process ended. */
  invoke(
    functionName: string,
    request: InvocationRequest & { readonly invocationId: string },
  ): Promise<InvocationResponse>;
  measure(): Promise<WorkerMemory>;
  /** Runs the terminate hooks, for so long, and ends the process. */
  terminate(graceMs: number): Promise<void>;
  /** Ends the process as a crash would. */
  crash(): void;
}

export interface WorkerOptions {
  readonly entry: string;
  /** Its whole environment, but for what a process needs to run. */
  readonly settings: Settings;
  readonly onLog: (log: AppLog) => void;
}

/** Ends on what is left of its output after the process: a moment, or a grandchild holds it open. */
const outputGraceMs = 1_000;

/** @param blank - becomes the worker where it can. */
export function startWorker(options: WorkerOptions, blank?: BlankWorker): Worker {
  const { entry, settings } = options;
  const child = blank?.take(settings) ?? forkWorker(settings);
  forwardOutput(child, (level, message) =>
    options.onLog({ level, category: 'Host.Function.Console', message }),
  );
  const wire = openWire(child, options);
  wire.send({ kind: 'load', entry, settings });
  return {
    loaded: wire.loaded,
    exited: wire.exited,
    invoke: (functionName, request) => wire.invoke(functionName, request),
    measure: () => wire.measure(),
    terminate: (graceMs) => terminate(child, wire, graceMs),
    crash: () => void child.kill('SIGKILL'),
  };
}

type Wire = ReturnType<typeof openWire>;

function openWire(child: ChildProcess, { onLog }: WorkerOptions) {
  const calls = openCalls();
  const loading = Promise.withResolvers<LoadedApp>();
  const terminated = Promise.withResolvers<void>();
  const exited = ended(child).then((how) => {
    const error = new Error(`The worker process ended (${how}).`);
    loading.reject(error);
    calls.failAll(error);
    return how;
  });
  // Whoever waits for it is told; nobody has to.
  loading.promise.catch(() => {});

  const receive = (reply: WorkerReply) => {
    switch (reply.kind) {
      case 'loaded':
        return loading.resolve(reply.app);
      case 'log':
        return onLog(reply.log);
      case 'invoked':
        return calls.settle(reply.callId, reply.answer);
      case 'measured':
        return calls.settle(reply.callId, reply.memory);
      case 'terminated':
        return terminated.resolve();
    }
  };
  child.on('message', (message) => receive(workerReplySchema.parse(message)));

  const send = (request: WorkerRequest) => {
    // A process on its way out takes nothing more; its calls fail when it is gone.
    if (child.connected) child.send(request, () => {});
  };

  return {
    send,
    exited,
    loaded: loading.promise,
    terminated: terminated.promise,
    async invoke(functionName: string, request: InvocationRequest & { invocationId: string }) {
      const { callId, answer } = calls.open<InvocationAnswer>();
      send({ kind: 'invoke', callId, functionName, request });
      return responseOf(await answer);
    },
    async measure() {
      const { callId, answer } = calls.open<WorkerMemory>();
      send({ kind: 'measure', callId });
      return answer;
    },
  };
}

function openCalls() {
  const open = new Map<number, { resolve: (value: never) => void; reject: (e: Error) => void }>();
  let callCount = 0;
  let failure: Error | undefined;
  return {
    open<Answer>() {
      callCount += 1;
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      if (failure) reject(failure);
      else open.set(callCount, { resolve, reject });
      return { callId: callCount, answer: promise };
    },
    settle(callId: number, value: unknown) {
      open.get(callId)?.resolve(value as never);
      open.delete(callId);
    },
    failAll(error: Error) {
      failure = error;
      for (const { reject } of open.values()) reject(error);
      open.clear();
    },
  };
}

function responseOf(answer: InvocationAnswer): InvocationResponse {
  if (answer.kind === 'succeeded') return answer.response;
  const error = new Error(answer.message);
  error.stack = answer.stack;
  throw error;
}

async function ended(child: ChildProcess): Promise<string> {
  const closed = once(child, 'close');
  const [code, signal] = await once(child, 'exit');
  await endedWithin(closed, outputGraceMs);
  return String(signal ?? code);
}

async function terminate(child: ChildProcess, wire: Wire, graceMs: number): Promise<void> {
  wire.send({ kind: 'terminate' });
  await endedWithin(Promise.race([wire.terminated, wire.exited]), graceMs);
  child.kill('SIGKILL');
  await wire.exited;
}

/**
 * A functions host in a process of its own: its settings are its environment, its memory is the
 * app's, and a crash of the app leaves everything else standing.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { compileCacheDir } from '../compileCache.ts';
import { type HostReply, type HostRequest, replySchema, statsSchema } from './childMessages.ts';
import type { FunctionsHost, FunctionsHostOptions, LogLevel } from './options.ts';
import type { PreparedHost } from './prepareFunctionsHost.ts';
import { forwardOutput } from './processOutput.ts';
import { endedWithin } from './triggers/endedWithin.ts';

export type { HostLog } from './options.ts';

export interface FunctionsHostProcess extends FunctionsHost {
  readonly processId: number | undefined;
}

/** The host bounds each of its own steps; this is for one that hangs altogether. */
const stopTimeoutMs = 20_000;

export function prepareFunctionsHostProcess(
  onLog: FunctionsHostOptions['onLog'],
): PreparedHost<FunctionsHostProcess> {
  const child = fork(new URL('child.ts', import.meta.url), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: childEnvironment(),
  });
  const wire = openWire(child, onLog);
  return {
    start: (options) => startIn(child, wire, options),
    async discard() {
      wire.expectEnd();
      if (child.exitCode !== null || child.signalCode !== null) return;
      // Its pipes and all: `exit` comes before they are closed.
      const exited = once(child, 'close');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export function startFunctionsHostProcess({
  onLog,
  ...options
}: FunctionsHostOptions): Promise<FunctionsHostProcess> {
  return prepareFunctionsHostProcess(onLog).start(options);
}

/** Nothing of the parent's own set-up reaches the app, but what a process needs to run. */
function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH, NODE_ENV, TZ } = process.env;
  return { PATH, NODE_ENV, TZ, NODE_COMPILE_CACHE: compileCacheDir };
}

async function startIn(
  child: ChildProcess,
  wire: Wire,
  options: Omit<FunctionsHostOptions, 'onLog'>,
): Promise<FunctionsHostProcess> {
  try {
    // A function can't be sent: there, looking has to do.
    const told = { ...options, watchBlobs: undefined, settings: { ...options.settings } };
    wire.send({ kind: 'start', ...told });
    const { url, controlUrl, functions } = await wire.started;
    return {
      url,
      controlUrl,
      functions,
      processId: child.pid,
      gone: wire.gone,
      idle: async () => void (await wire.call('idle')),
      stats: async () => statsSchema.parse(await wire.call('stats')),
      deliverBlob: async (...blob) => void (await wire.call('deliverBlob', ...blob)),
      stop: () => stop(child, wire),
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

type Wire = ReturnType<typeof openWire>;
type Method = Extract<HostRequest, { kind: 'call' }>['method'];

function openWire(child: ChildProcess, onLog: FunctionsHostOptions['onLog']) {
  const calls = new Map<number, PromiseWithResolvers<unknown>>();
  const starting = Promise.withResolvers<Extract<HostReply, { kind: 'started' }>>();
  const gone = Promise.withResolvers<string>();
  let callCount = 0;
  let isToldToStop = false;

  const log = (level: LogLevel, category: string, message: string) =>
    onLog({ atMs: Date.now(), level, category, message });
  forwardOutput(child, (level, line) => log(level, 'Host.Console', line));
  void gone.promise.then((message) => log('critical', 'Host', message));
  // Nobody may be waiting for it yet.
  starting.promise.catch(() => {});
  child.on('message', (message) => {
    const reply = replySchema.parse(message);
    switch (reply.kind) {
      case 'log':
        return onLog({ ...reply.log });
      case 'started':
        return starting.resolve(reply);
      case 'down':
        return;
      case 'failed':
        return starting.reject(new Error(reply.message));
      case 'answer':
        return answered(calls, reply);
    }
  });
  child.once('exit', (code, signal) => {
    const how = String(signal ?? code);
    if (!isToldToStop) gone.resolve(`The functions host ended by itself (${how}); start it again.`);
    failAll([starting, ...calls.values()], how);
    calls.clear();
  });

  return {
    started: starting.promise,
    gone: gone.promise,
    expectEnd() {
      isToldToStop = true;
    },
    // Where the process is gone, its end has told already.
    send: (request: HostRequest) => void child.send(request, () => {}),
    call(method: Method, ...callArguments: string[]): Promise<unknown> {
      callCount += 1;
      isToldToStop ||= method === 'stop';
      const answer = Promise.withResolvers<unknown>();
      calls.set(callCount, answer);
      child.send({ kind: 'call', callId: callCount, method, arguments: callArguments });
      return answer.promise;
    },
  };
}

function failAll(waiting: readonly { reject: (error: Error) => void }[], how: string): void {
  const died = new Error(`the functions host's process ended (${how})`);
  for (const { reject } of waiting) reject(died);
}

function answered(
  calls: Map<number, PromiseWithResolvers<unknown>>,
  { callId, value, error }: Extract<HostReply, { kind: 'answer' }>,
): void {
  const call = calls.get(callId);
  calls.delete(callId);
  if (error === undefined) call?.resolve(value);
  else call?.reject(new Error(error));
}

async function stop(child: ChildProcess, wire: Wire): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  // Its pipes and all: `exit` comes before they are closed.
  const exited = once(child, 'close');
  await endedWithin(
    wire.call('stop').catch(() => {}),
    stopTimeoutMs,
  );
  const timer = setTimeout(() => child.kill('SIGKILL'), 2_000);
  await exited;
  clearTimeout(timer);
}

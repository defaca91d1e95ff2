/** The storage process as its parent sees it: starts, takes commands, ends. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { compileCacheDir } from '../compileCache.ts';
import {
  type BlobChange,
  type ChildOptions,
  type Command,
  type Request,
  replySchema,
  type StorageState,
} from './childMessages.ts';
import type { StorageService } from './faults.ts';

export interface StorageProcess {
  readonly ports: Readonly<Partial<Record<StorageService, number>>>;
  /** Calls that come before are answered then. Rejects where it ends before. */
  readonly loaded: Promise<void>;
  /** @returns what is in force afterwards. */
  readonly command: (command: Command) => Promise<StorageState>;
  /** Calls back for every blob that is written or deleted from now on. */
  readonly watchBlobs: (onChange: (change: BlobChange) => void) => Promise<void>;
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Writing what is still in memory takes a moment; longer than this means it hangs. */
const stopTimeoutMs = 5_000;
const keptLogLineCount = 20;

/** @throws Error with the reason where it ends before it listens, e.g. on a taken port. */
export async function startStorageProcess(
  options: ChildOptions,
  onWarning: (message: string) => void,
): Promise<StorageProcess> {
  const child = fork(new URL('./azuriteChild.ts', import.meta.url), [JSON.stringify(options)], {
    execArgv: [],
    // Six hundred modules: compiled once, and not again by the next world.
    env: { ...process.env, NODE_COMPILE_CACHE: compileCacheDir },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Its own process group: Ctrl-C in a terminal ends the host first, then storage.
    detached: true,
  });
  const wire = openWire(child, onWarning);
  try {
    const ports = await wire.listening;
    return {
      ports,
      loaded: wire.loaded,
      command: wire.command,
      watchBlobs: wire.watchBlobs,
      stop: (signal) => stop(child, signal),
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function openWire(child: ChildProcess, onWarning: (message: string) => void) {
  const words = lastWords(child);
  const starting = Promise.withResolvers<StorageProcess['ports']>();
  const loading = Promise.withResolvers<void>();
  // Nobody may be waiting for it.
  loading.promise.catch(() => {});
  const commands = openCommands(child);
  const watchers: ((change: BlobChange) => void)[] = [];
  const fail = (error: Error) => {
    starting.reject(error);
    loading.reject(error);
    commands.failAll(error);
  };
  child.on('message', (message) => {
    const reply = replySchema.parse(message);
    switch (reply.kind) {
      case 'listening':
        return starting.resolve(reply.ports);
      case 'loaded':
        return loading.resolve();
      case 'failed':
        return fail(new Error(`storage could not start: ${reply.message}`));
      case 'trouble':
        return onWarning(reply.message);
      case 'blobChanged':
        return watchers.forEach((onChange) => onChange(reply.change));
      case 'done':
        return commands.done(reply.id, reply.state);
    }
  });
  child.once('error', fail);
  child.once('exit', (code, signal) =>
    fail(new Error(`storage ended (${signal ?? code})\n${words()}`.trim())),
  );
  return {
    listening: starting.promise,
    loaded: loading.promise,
    command: commands.send,
    watchBlobs: async (onChange: (change: BlobChange) => void): Promise<void> => {
      watchers.push(onChange);
      await commands.send({ kind: 'watchBlobs' });
    },
  };
}

function openCommands(child: ChildProcess) {
  const calls = new Map<number, PromiseWithResolvers<StorageState>>();
  let callCount = 0;
  return {
    send: (command: Command): Promise<StorageState> => {
      callCount += 1;
      const call = Promise.withResolvers<StorageState>();
      const request: Request = { id: callCount, command };
      calls.set(callCount, call);
      child.send(request, (error) => error && call.reject(error));
      return call.promise;
    },
    done(id: number, state: StorageState): void {
      calls.get(id)?.resolve(state);
      calls.delete(id);
    },
    failAll(error: Error): void {
      for (const { reject } of calls.values()) reject(error);
      calls.clear();
    },
  };
}

/** What it printed last: Azurite says there what broke it. */
function lastWords(child: ChildProcess): () => string {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      if (lines.push(line) > keptLogLineCount) lines.shift();
    });
  }
  return () => lines.join('\n');
}

async function stop(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  // Its pipes and all: `exit` comes before they are closed.
  const exited = once(child, 'close');
  child.kill(signal);
  const impatience = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(impatience);
}

/**
 * A worker process that waits for its app, as Azure keeps some ready: it starts while nobody knows
 * its settings yet, and takes them later. What Node reads at its own start can't come later.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { compileCacheDir } from '../../compileCache.ts';
import type { Settings } from '../settings.ts';

export interface BlankWorker {
  /** @returns nothing where it can't take these settings, has ended or was taken: start another. */
  take(settings: Settings): ChildProcess | undefined;
  /** Ends it unless it was taken. */
  discard(): Promise<void>;
}

/**
 * Read by Node, its libraries or the loader when a process starts; `NODE_ENV` by nobody but the app.
 * Source: Node.js documentation, Command-line API, Environment variables, 2026-11-25.
 */
const startOnly = /^(?:NODE_(?!ENV$)|UV_|SSL_CERT_|OPENSSL_|LD_|DYLD_|MALLOC_|ICU_|LC_|LANG)/;

/** @param known - what of its settings is known already. */
export function blankWorker(known: Settings = {}): BlankWorker {
  const given = JSON.stringify(startOnlyOf(known));
  let child: ChildProcess | undefined = forkWorker(startOnlyOf(known));

  async function discard(): Promise<void> {
    const ending = child;
    child = undefined;
    if (!ending || hasEnded(ending)) return;
    const closed = once(ending, 'close');
    ending.kill('SIGKILL');
    await closed;
  }

  return {
    discard,
    take(settings) {
      const fits = given === JSON.stringify(startOnlyOf(settings));
      if (!fits || !child || hasEnded(child)) {
        void discard();
        return undefined;
      }
      const taken = child;
      child = undefined;
      return taken;
    },
  };
}

/** @param settings - its whole environment, but for what a process needs to run. */
export function forkWorker(settings: Settings): ChildProcess {
  const { PATH, NODE_ENV, TZ } = process.env;
  return fork(new URL('serveWorker.ts', import.meta.url), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Bytes go over as they are, not as JSON.
    serialization: 'advanced',
    // The prediction SDK's old fetch library asks for a deprecated module; the bundle has a kept one.
    execArgv: ['--disable-warning=DEP0040'],
    // Nothing of the host's own set-up reaches the app.
    env: { PATH, NODE_ENV, TZ, NODE_COMPILE_CACHE: compileCacheDir, ...settings },
  });
}

function startOnlyOf(settings: Settings): Settings {
  const own = Object.entries(settings).filter(([name]) => startOnly.test(name));
  return Object.fromEntries(own.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function hasEnded({ exitCode, signalCode, connected }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null || !connected;
}

/** Serves the triggers of an app whose worker is up, and ends both in good order. */
import { createHash } from 'node:crypto';
import { type ControlServer, startControlServer } from '../control/startControlServer.ts';
import { hostControl } from './control/hostControl.ts';
import { listFunctions, servedFunctions } from './functionList.ts';
import type { HostJson } from './hostJson.ts';
import { hostLife, type OwnedHostLife } from './hostLife.ts';
import { type Invocations, invocations } from './invocations.ts';
import type { FunctionsHost, FunctionsHostOptions, HostStats } from './options.ts';
import { newDoors } from './triggers/doors.ts';
import { type HttpServer, startHttpServer } from './triggers/http/httpServer.ts';
import type { ListenerContext } from './triggers/listener.ts';
import { type Listeners, startListeners } from './triggers/startListeners.ts';
import type { LoadedApp } from './worker/workerMessages.ts';
import type { Workers } from './worker/workers.ts';

/** Source: Azure Functions host, how long a dispatcher that shuts down waits for calls, 2026-11-25. */
const drainGraceMs = 10_000;
/** A call that goes on is looked after again this soon. */
const idleLookMs = 100;

export interface ServedApp {
  readonly options: FunctionsHostOptions;
  readonly hostJson: HostJson;
  readonly workers: Workers;
  readonly loaded: LoadedApp;
  /** Resolves when no worker is started any more. */
  readonly givenUp: Promise<string>;
}

interface Serving {
  readonly life: OwnedHostLife;
  readonly context: ListenerContext;
  readonly http: HttpServer;
  readonly listeners: Listeners;
  readonly workers: Workers;
  readonly control: ControlServer;
}

/** @throws Error where a port is taken or a trigger can’t begin; nothing is left behind then. */
export async function serveApp(served: ServedApp): Promise<FunctionsHost> {
  const { options, workers } = served;
  const serving = Promise.withResolvers<Serving>();
  const gone = Promise.withResolvers<string>();
  const stop = once(async () => stopAll(await serving.promise));
  const life = hostLife({
    stopListeners: async () => {
      const { listeners } = await serving.promise;
      await Promise.all(listeners.all.map((listener) => listener.stop(drainGraceMs)));
    },
    onFailure(reason) {
      context.log('critical', `The host is in error and serves nothing: ${reason}`);
      void life.drained();
    },
    onShutDown(reason) {
      context.log('critical', `The host ends: ${reason}`);
      gone.resolve(reason);
      void stop();
    },
  });
  const context = contextOf(served, life);
  void served.givenUp.then((reason) => life.shutDown(reason));
  const functions = context.functions.flatMap(({ called }) => called ?? []);
  const http = await startHttpServer(context, functions, options.port ?? 0);
  const stats = () => statsOf(context.invocations, workers);
  const { listeners, control } = await behind(http, served, context, stats);
  serving.resolve({ life, context, http, listeners, workers, control });
  return {
    url: http.url,
    controlUrl: control.url,
    functions: context.functions.map(({ name }) => name),
    gone: gone.promise,
    idle: () => idle(context, listeners),
    stats,
    deliverBlob: async (container, blobName) => listeners.blobs?.deliver({ container, blobName }),
    stop,
  };
}

/** What begins once the port is open; where it can't, the port is closed again. */
async function behind(
  http: HttpServer,
  { options, workers }: ServedApp,
  context: ListenerContext,
  stats: () => Promise<HostStats>,
): Promise<Pick<Serving, 'listeners' | 'control'>> {
  let listeners: Listeners | undefined;
  try {
    listeners = await startListeners(context, servedFunctions(context.functions));
    const actions = hostControl({ context, listeners, workers, stats });
    return { listeners, control: await startControlServer(actions, options.controlPort) };
  } catch (error) {
    await Promise.all(listeners?.all.map((listener) => listener.stop(0)) ?? []);
    await http.stop(0);
    throw error;
  }
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= run());
}

/** New work is refused at once, what runs may end, then the app hears that it is over. */
async function stopAll({ life, context, http, workers, control }: Serving): Promise<void> {
  life.stopping();
  await Promise.all([http.stop(drainGraceMs), life.drained()]);
  await context.invocations.drained(drainGraceMs);
  await workers.terminate();
  await control.stop();
}

function contextOf(
  { options, hostJson, workers, loaded }: ServedApp,
  life: OwnedHostLife,
): ListenerContext {
  const { settings, onLog, dialect = 'newer' } = options;
  const functionNames = loaded.functions.map(({ name }) => name);
  return {
    settings,
    hostJson,
    life,
    functions: listFunctions(loaded.functions, settings, hostJson.functions),
    invocations: invocations({ workers, functionNames, onLog }),
    get capabilities() {
      return workers.capabilities();
    },
    hostId: hostIdOf(options),
    dialect,
    int64Dialect: options.int64Dialect ?? (dialect === 'newer' ? 'number' : 'long'),
    deliversExistingBlobs: options.deliversExistingBlobs ?? false,
    raisesBlobEvents: options.raisesBlobEvents ?? true,
    watchBlobs: options.watchBlobs,
    authorization: options.authorization ?? 'coreTools',
    doors: newDoors(),
    takeDown: (reason) => life.shutDown(reason),
    log: (level, message) => onLog({ atMs: Date.now(), level, category: 'Host', message }),
  };
}

/** The same app finds its own receipts again; two apps on one storage do not meet. */
function hostIdOf({ settings, entry }: FunctionsHostOptions): string {
  const given = settings['AzureFunctionsWebHost__hostid'];
  return given ?? `local-${createHash('sha256').update(entry).digest('hex').slice(0, 16)}`;
}

async function statsOf(invocations: Invocations, workers: Workers): Promise<HostStats> {
  // No worker, no memory.
  const memory = await workers.measure().catch(() => ({ rssBytes: 0, peakRssBytes: 0 }));
  return { functions: invocations.stats(), ...memory };
}

/** One function's end may be another's beginning: quiet means quiet all round, twice. */
async function idle({ invocations }: ListenerContext, listeners: Listeners): Promise<void> {
  let startedCount = -1;
  while (startedCount !== invocations.startedCount() || invocations.runningCount() > 0) {
    startedCount = invocations.startedCount();
    await Promise.all(listeners.all.map((listener) => listener.settle()));
    await invocations.drained(idleLookMs);
  }
}

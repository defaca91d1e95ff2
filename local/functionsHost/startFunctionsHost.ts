/**
 * A functions host in this process: loads the unchanged app and serves its triggers. Functions whose
 * trigger can't be served are named in the log and left out, as on the real host.
 */
import { createHash, randomUUID } from 'node:crypto';
import { startControlServer } from '../control/startControlServer.ts';
import { type App, type AppFunction, loadApp } from './app/loadApp.ts';
import { hostControl } from './control/hostControl.ts';
import { parseHostJson } from './hostJson.ts';
import { invocations } from './invocations.ts';
import type {
  FunctionsHost,
  FunctionsHostOptions,
  HostLog,
  HostStats,
  LogLevel,
} from './options.ts';
import { applySettings, isDisabled } from './settings.ts';
import { newDoors } from './triggers/doors.ts';
import { endedWithin } from './triggers/endedWithin.ts';
import { startHttpServer } from './triggers/http/httpServer.ts';
import type { ListenerContext } from './triggers/listener.ts';
import { type Listeners, startListeners } from './triggers/startListeners.ts';

/** Source: Azure Functions host, WorkerConstants, grace period of a stopping worker, 2026-11-23. */
const graceMs = 5_000;
/** A call that goes on is looked after again this soon. */
const idleLookMs = 100;

/** @throws Error when host.json can't be used, the app can't be loaded, or the port is taken. */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const hostJson = parseHostJson(options.hostJson);
  const restoreSettings = applySettings(options.settings);
  let app: App | undefined;
  const leave = () => {
    app?.unload();
    restoreSettings();
  };
  try {
    app = await loadApp(options.entry, (log) => options.onLog({ atMs: Date.now(), ...log }));
    return await serve(options, app, contextOf(options, app, hostJson), leave);
  } catch (error) {
    leave();
    throw error;
  }
}

function contextOf(
  options: FunctionsHostOptions,
  app: App,
  hostJson: ListenerContext['hostJson'],
): ListenerContext {
  const { settings, onLog, dialect = 'newer' } = options;
  const { functionTimeout: functionTimeoutMs } = hostJson;
  return {
    settings,
    hostJson,
    invocations: invocations({ app, functionTimeoutMs, onLog }),
    capabilities: app.capabilities,
    hostId: hostIdOf(options),
    dialect,
    int64Dialect: options.int64Dialect ?? (dialect === 'newer' ? 'number' : 'long'),
    deliversExistingBlobs: options.deliversExistingBlobs ?? false,
    raisesBlobEvents: options.raisesBlobEvents ?? true,
    authorization: options.authorization ?? 'coreTools',
    doors: newDoors(),
    takeDown: (reason) => takeDown(options, reason),
    log: (level, message) => onLog(hostLog(level, message)),
  };
}

function takeDown({ onLog, onDown }: FunctionsHostOptions, reason: string): void {
  onLog(hostLog('critical', `An unhandled exception has occurred, the host ends: ${reason}`));
  onDown?.(reason);
}

function hostLog(level: LogLevel, message: string): HostLog {
  return { atMs: Date.now(), level, category: 'Host', message };
}

/** The same app finds its own receipts again; two apps on one storage do not meet. */
function hostIdOf({ settings, entry }: FunctionsHostOptions): string {
  const given = settings['AzureFunctionsWebHost__hostid'];
  return given ?? `local-${createHash('sha256').update(entry).digest('hex').slice(0, 16)}`;
}

async function serve(
  options: FunctionsHostOptions,
  app: App,
  context: ListenerContext,
  leave: () => void,
): Promise<FunctionsHost> {
  const functions = [...app.functions.values()];
  const functionNames = functions.map(({ name }) => name);
  const enabled = functions.filter(({ name }) => !isDisabled(options.settings, name));
  const http = await startHttpServer(context, functions, options.port ?? 0);
  const listeners = await startListeners(context, enabled);
  const stats = async () => statsOf(context);
  const controlled = { context, listeners, functionNames, stats };
  const control = await startControlServer(hostControl(controlled), options.controlPort);
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    try {
      await Promise.all([
        http.stop(graceMs),
        ...listeners.all.map((listener) => listener.stop(graceMs)),
      ]);
      await context.invocations.drained(graceMs);
      await endedWithin(app.terminate(), graceMs);
    } finally {
      leave();
      await control.stop();
    }
  };
  return {
    url: http.url,
    controlUrl: control.url,
    functions: functionNames,
    idle: () => idle(context, listeners),
    stats,
    invoke: (name, request) => invoke(context, functionNamed(app, name), request),
    deliverBlob: async (container, blobName) => listeners.blobs?.deliver({ container, blobName }),
    stop: () => (stopping ??= stop()),
  };
}

function statsOf({ invocations }: ListenerContext): HostStats {
  return {
    functions: invocations.stats(),
    rssBytes: process.memoryUsage.rss(),
    peakRssBytes: process.resourceUsage().maxRSS * 1_024,
  };
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

function functionNamed(app: App, name: string): AppFunction {
  const called = app.functions.get(name);
  if (!called) throw new Error(`The app has no function "${name}".`);
  return called;
}

async function invoke(
  { invocations }: ListenerContext,
  called: AppFunction,
  request: Parameters<FunctionsHost['invoke']>[1],
): Promise<unknown> {
  const result = await invocations.run(called, { invocationId: randomUUID(), ...request });
  if (result.kind === 'failed') throw result.error;
  return result.response;
}

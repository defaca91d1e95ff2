/**
 * A functions host in this process, the unchanged app in a worker process of its own. The worker is
 * on its way before this process loads what the triggers need: the two take as long as one.
 */
import { parseHostJson } from './hostJson.ts';
import { logFilter } from './logFilter.ts';
import type { FunctionsHost, FunctionsHostOptions, HostLog } from './options.ts';
import type { BlankWorker } from './worker/blankWorker.ts';
import { workers } from './worker/workers.ts';

/**
 * @param blank - a worker process on its way already; whoever started it discards it on failure.
 * @throws Error when host.json can't be used, no worker comes up, or the port is taken.
 */
export async function startFunctionsHost(
  options: FunctionsHostOptions,
  blank?: BlankWorker,
): Promise<FunctionsHost> {
  const unknownKeys: string[] = [];
  const hostJson = parseHostJson(
    options.hostJson,
    options.settings,
    (path) => unknownKeys.push(path),
    options.dialect,
  );
  const isWanted = logFilter(hostJson.logging.logLevel);
  const onLog = (log: HostLog) => (isWanted(log) ? options.onLog(log) : undefined);
  for (const path of unknownKeys) {
    const message = `host.json: "${path}" means nothing to the host and is ignored.`;
    onLog({ atMs: Date.now(), level: 'warning', category: 'Host', message });
  }
  const givenUp = Promise.withResolvers<string>();
  const app = workers({
    entry: options.entry,
    settings: options.settings,
    blank,
    functionTimeoutMs: hostJson.functionTimeout,
    onLog: (log) => onLog({ atMs: Date.now(), ...log }),
    onGivenUp: givenUp.resolve,
  });
  try {
    const [{ serveApp }, loaded] = await Promise.all([import('./serveApp.ts'), app.loaded()]);
    const given = { ...options, onLog };
    return await serveApp({
      options: given,
      hostJson,
      workers: app,
      loaded,
      givenUp: givenUp.promise,
    });
  } catch (error) {
    await app.terminate();
    throw error;
  }
}

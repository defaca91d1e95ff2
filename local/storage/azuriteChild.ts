/** The storage process: Azurite's services with faults in front. Ends with its parent, however that ends. */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { compileCacheDir } from '../compileCache.ts';
import { type AzuriteServer, azuriteServer } from './azuriteServers.ts';
import type { BlobChange, ChildOptions, Reply, Request } from './childMessages.ts';
import { faultRules } from './faultRules.ts';
import type { StorageService } from './faults.ts';
import { faultyListener, type Traffic } from './faultyListener.ts';
import { installStorageClock } from './storageClock.ts';

const stopTimeoutMs = 3_000;

// Six hundred modules: compiled once, and not again by the next world.
enableCompileCache(compileCacheDir);

const clock = installStorageClock();
const rules = faultRules(() => performance.now());
const traffic: Traffic = { callCounts: new Map(), faultCount: 0 };
const servers: AzuriteServer[] = [];
let isWatched = false;

function reply(message: Reply): void {
  if (process.connected) process.send?.(message);
}

process.on('message', ({ id, command }: Request) => {
  switch (command.kind) {
    case 'addFault':
      rules.add(command.fault);
      break;
    case 'clearFaults':
      rules.clear();
      break;
    case 'setClock':
      clock.skewMs = command.skewMs;
      break;
    case 'watchBlobs':
      isWatched = true;
      break;
    case 'tell':
  }
  const stats = {
    calls: Object.fromEntries(traffic.callCounts),
    faultCount: traffic.faultCount,
  };
  const faults = [...rules.list()];
  reply({ kind: 'done', id, state: { faults, clock: { skewMs: clock.skewMs }, stats } });
});
process.once('disconnect', () => void end());
process.once('SIGTERM', () => void end());

/** Azurite's own way out: it writes what it keeps. */
async function end(): Promise<void> {
  setTimeout(() => process.exit(0), stopTimeoutMs).unref();
  await Promise.allSettled(servers.map((server) => server.close()));
  process.exit(0);
}

async function start(
  service: StorageService,
  port: number,
  dataDir: string | undefined,
): Promise<[StorageService, number]> {
  const server = azuriteServer(service, port, dataDir);
  const { nowText } = clock;
  const onChange = (change: BlobChange) => {
    if (isWatched) reply({ kind: 'blobChanged', change });
  };
  const options = { service, rules, traffic, nowText, onChange };
  server.wrap((azurite) => faultyListener(azurite, options));
  servers.push(server);
  return [service, await server.start()];
}

try {
  const { ports, dataDir }: ChildOptions = JSON.parse(process.argv[2] ?? '');
  const started: [StorageService, number][] = [];
  for (const service of ['blob', 'queue', 'table'] as const) {
    const port = ports[service];
    if (port !== undefined) started.push(await start(service, port, dataDir));
  }
  reply({ kind: 'listening', ports: Object.fromEntries(started) });
  flushCompileCache();
} catch (error) {
  reply({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}

/** The storage process: Azurite's services with faults in front. Ends with its parent, however that ends. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { flushCompileCache } from 'node:module';
import { messageOf } from '../../shared/errors.ts';
import { type AzuriteServer, azuriteServer, hearErrors } from './azuriteServers.ts';
import type { BlobChange, ChildOptions, Reply, Request } from './childMessages.ts';
import { faultRules } from './faultRules.ts';
import type { StorageService } from './faults.ts';
import { faultyListener, type Traffic } from './faultyListener.ts';
import { installStorageClock } from './storageClock.ts';
import { wordlessFailures } from './wordlessFailures.ts';

const stopTimeoutMs = 3_000;

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

/** Resolves once it is out: an exit would lose it. */
async function said(message: string): Promise<void> {
  const trouble: Reply = { kind: 'trouble', message };
  if (process.connected) await new Promise((resolve) => process.send?.(trouble, resolve));
}

/** Azurite's own way out: it writes what it keeps. */
async function end(): Promise<void> {
  setTimeout(() => process.exit(0), stopTimeoutMs).unref();
  const ends = await Promise.allSettled(servers.map((server) => server.close()));
  const reasons = ends.flatMap((one) => (one.status === 'rejected' ? [messageOf(one.reason)] : []));
  for (const reason of reasons) await said(`not all could be kept for the next start: ${reason}`);
  process.exit(0);
}

/** Longer than any client's pool keeps an idle socket, or a call meets a socket just closed. */
const keepAliveTimeoutMs = 75_000;

interface Door {
  readonly service: StorageService;
  readonly server: Server;
  /** From now on; calls that came before have waited. */
  readonly open: (listener: RequestListener) => void;
}

async function listening(service: StorageService, port: number): Promise<Door> {
  const opened = Promise.withResolvers<RequestListener>();
  let opener: RequestListener | undefined;
  const server = createServer((request, response) => {
    if (opener) opener(request, response);
    else void opened.promise.then((listener) => listener(request, response));
  });
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const open = (listener: RequestListener) => {
    opener = listener;
    opened.resolve(listener);
  };
  return { service, server, open };
}

type WatchAnswer = ReturnType<typeof wordlessFailures>;

async function serve(
  { service, server, open }: Door,
  dataDir: string | undefined,
  watchAnswer: WatchAnswer,
): Promise<void> {
  const azurite = azuriteServer(service, server, dataDir);
  await azurite.start();
  servers.push(azurite);
  const { nowText } = clock;
  const onChange = (change: BlobChange) => {
    if (isWatched) reply({ kind: 'blobChanged', change });
  };
  const options = { service, rules, traffic, nowText, onChange, watchAnswer };
  open(faultyListener(azurite.listener, options));
}

function portOf({ server }: Door): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function run({ ports, dataDir }: ChildOptions): Promise<void> {
  const doors: Door[] = [];
  for (const service of ['blob', 'queue', 'table'] as const) {
    const port = ports[service];
    if (port !== undefined) doors.push(await listening(service, port));
  }
  const told = Object.fromEntries(doors.map((door) => [door.service, portOf(door)]));
  reply({ kind: 'listening', ports: told });
  // Loading keeps this thread busy: first the message has to be out.
  await new Promise((resolve) => setImmediate(resolve));
  const onTrouble = (message: string) => reply({ kind: 'trouble', message });
  const watchAnswer = wordlessFailures({ lastReason: hearErrors(), onTrouble });
  for (const door of doors) await serve(door, dataDir, watchAnswer);
  reply({ kind: 'loaded' });
  flushCompileCache();
}

run(JSON.parse(process.argv[2] ?? '')).catch((error: unknown) => {
  reply({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
});

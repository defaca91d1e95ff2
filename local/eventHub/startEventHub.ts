/**
 * An Event Hubs namespace on the loopback interface that the real SDKs talk to unchanged. For
 * development and tests only: no TLS, one key, and everything in memory unless `dataDir` is given.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { type FaultBox, type Faults, faultBox } from './faults.ts';
import { type ReaderLinks, serveConnection } from './hubConnection.ts';
import type { Counters, HubContext } from './hubContext.ts';
import { type HubOptions, openNamespace } from './namespace.ts';
import type { Retention } from './partition.ts';
import { createServerContainer, serveSocket } from './rheaServer.ts';

export interface EventHubOptions {
  readonly hubs: readonly HubOptions[];
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Folder that keeps the events across starts; without it they live in memory. */
  readonly dataDir?: string | undefined;
  readonly keyName?: string;
  readonly key?: string;
  readonly retention?: Retention;
  readonly maxMessageBytes?: number;
  readonly nowMs?: () => number;
}

export interface EventHubStats extends Readonly<Counters> {
  readonly connectionCount: number;
  readonly readerCount: number;
}

export interface EventHub {
  /** For the namespace: clients name the hub themselves. */
  readonly connectionString: string;
  readonly port: number;
  readonly faults: Faults;
  stats(): EventHubStats;
  /** Cuts all connections and resolves once port and files are free. */
  stop(): Promise<void>;
}

const host = '127.0.0.1';

/** Source: Microsoft Learn, "Azure Event Hubs quotas and limits", publication size, 2026-11-23. */
const publicationBytes = 1_048_576;

/** Source: the sample connection string of Azure/azure-event-hubs-emulator-installer, 2026-11-23. */
const sampleAccess = { keyName: 'RootManageSharedAccessKey', key: 'SAS_KEY_VALUE' };

/** What the stand-in tells every client at the start of a connection. */
function connectionOptions(maxMessageBytes: number): object {
  return {
    container_id: 'event-hub-stand-in',
    max_frame_size: 65_536,
    idle_time_out: 240_000,
    tcp_no_delay: true,
    sender_options: { snd_settle_mode: 1 },
    receiver_options: {
      autoaccept: false,
      credit_window: 300,
      max_message_size: maxMessageBytes,
    },
  };
}

function hubContext(options: EventHubOptions, faults: FaultBox): HubContext {
  const nowMs = options.nowMs ?? Date.now;
  let turn = 0;
  return {
    namespace: openNamespace({ ...options, nowMs }),
    access: {
      keyName: options.keyName ?? sampleAccess.keyName,
      key: options.key ?? sampleAccess.key,
    },
    faults,
    counters: { receivedEventCount: 0, deliveredEventCount: 0, rejectedSendCount: 0 },
    maxMessageBytes: options.maxMessageBytes ?? publicationBytes,
    nowMs,
    nextPartitionIndex(partitionCount) {
      turn += 1;
      return (turn - 1) % partitionCount;
    },
  };
}

function listening(server: Server, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen(port, host, () => {
    const address = server.address();
    resolve(typeof address === 'object' && address ? address.port : port);
  });
  return promise;
}

function closed(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  return promise;
}

function connectionString(port: number, { keyName, key }: HubContext['access']): string {
  return (
    `Endpoint=sb://${host}:${port};SharedAccessKeyName=${keyName};` +
    `SharedAccessKey=${key};UseDevelopmentEmulator=true;`
  );
}

export async function startEventHub(options: EventHubOptions): Promise<EventHub> {
  const connections = new Map<Socket, ReaderLinks>();
  const dropConnections = (): void => {
    for (const socket of connections.keys()) socket.destroy();
  };
  const faults = faultBox(dropConnections);
  const context = hubContext(options, faults);
  const container = createServerContainer();
  const settings = connectionOptions(context.maxMessageBytes);
  const server = createServer((socket) => {
    socket.on('close', () => connections.delete(socket));
    serveSocket(container, socket, settings, (connection) => {
      connections.set(socket, serveConnection(connection, context));
    });
  });
  const port = await listening(server, options.port ?? 0).catch((error: unknown) => {
    context.namespace.close();
    throw error;
  });
  const stop = async (): Promise<void> => {
    const stopped = closed(server);
    dropConnections();
    await stopped;
    context.namespace.close();
  };
  let stopping: Promise<void> | undefined;
  return {
    connectionString: connectionString(port, context.access),
    port,
    faults,
    stats: () => ({
      ...context.counters,
      connectionCount: connections.size,
      readerCount: [...connections.values()].reduce((sum, { count }) => sum + count(), 0),
    }),
    stop: () => (stopping ??= stop()),
  };
}

/**
 * An Event Hubs namespace on the loopback interface that the real SDKs talk to unchanged. For
 * development and tests only: one key, and everything in memory unless `dataDir` is given.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { AccessKey } from './accessToken.ts';
import { makeCertificate, type ServerCertificate } from './certificate.ts';
import { type FaultBox, type Faults, faultBox } from './faults.ts';
import { type ReaderLinks, serveConnection } from './hubConnection.ts';
import type { Counters, HubContext } from './hubContext.ts';
import { listenForClients } from './hubListener.ts';
import { type HubOptions, openNamespace } from './namespace.ts';
import type { Retention } from './partition.ts';
import { createServerContainer, serveStream } from './rheaServer.ts';

export interface EventHubOptions {
  readonly hubs: readonly HubOptions[];
  /** An address of the loopback network, 127.0.0.1 where unset. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** The port speaks TLS too, with a certificate made at the start. */
  readonly tls?: boolean;
  /** Takes any `jwt` token too, as a client with a token credential sends it. */
  readonly acceptsJwt?: boolean;
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

export interface TlsAccess {
  /** Without the mark of the emulator, so that clients come with TLS. */
  readonly connectionString: string;
  /** What the client has to trust. */
  readonly authorityPem: string;
  readonly authorityFile: string;
}

export interface EventHub {
  /** For the namespace: clients name the hub themselves. */
  readonly connectionString: string;
  /** Only where the option `tls` was given. */
  readonly tls: TlsAccess | undefined;
  readonly port: number;
  readonly faults: Faults;
  stats(): EventHubStats;
  /** Cuts all connections and resolves once port and files are free. */
  stop(): Promise<void>;
}

function loopbackHost(host = '127.0.0.1'): string {
  if (/^127(?:\.\d{1,3}){3}$/.test(host)) return host;
  throw new Error(`An event hub stand-in listens on 127.x.y.z only, not on ${host}`);
}

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
      acceptsJwt: options.acceptsJwt ?? false,
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

function connectionString(port: number, host: string, { keyName, key }: AccessKey): string {
  return `Endpoint=sb://${host}:${port};SharedAccessKeyName=${keyName};SharedAccessKey=${key};`;
}

/** The authority as a file, for clients that take no PEM; gone when the hub stops. */
async function authorityFile({ authorityPem }: ServerCertificate): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'event-hub-')), 'authority.pem');
  await writeFile(file, authorityPem);
  return file;
}

export async function startEventHub(options: EventHubOptions): Promise<EventHub> {
  const host = loopbackHost(options.host);
  const certificate = options.tls === true ? await makeCertificate(host) : undefined;
  const connections = new Map<Duplex, ReaderLinks>();
  const faults = faultBox(() => listener.dropConnections());
  const context = hubContext(options, faults);
  const container = createServerContainer();
  const settings = connectionOptions(context.maxMessageBytes);
  const onStream = (stream: Duplex): void => {
    stream.on('close', () => connections.delete(stream));
    serveStream(container, stream, settings, (connection) => {
      connections.set(stream, serveConnection(connection, context));
    });
  };
  const listener = await listenForClients({
    host,
    port: options.port ?? 0,
    certificate,
    onStream,
  }).catch((error: unknown) => {
    context.namespace.close();
    throw error;
  });
  const { port } = listener;
  // Clients warn where a certificate is asked for by address.
  const tlsHost = host === '127.0.0.1' ? 'localhost' : host;
  const tls = certificate && {
    connectionString: connectionString(port, tlsHost, context.access),
    authorityPem: certificate.authorityPem,
    authorityFile: await authorityFile(certificate),
  };
  const stop = async (): Promise<void> => {
    await listener.stop();
    context.namespace.close();
    if (tls) await rm(dirname(tls.authorityFile), { recursive: true });
  };
  let stopping: Promise<void> | undefined;
  return {
    connectionString: `${connectionString(port, host, context.access)}UseDevelopmentEmulator=true;`,
    tls,
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

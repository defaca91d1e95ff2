/**
 * An Event Hubs namespace on the loopback interface that the real SDKs talk to unchanged. For
 * development and tests only: one key, and everything in memory unless `dataDir` is given.
 */
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Closers, closers } from '../closers.ts';
import { startControlServer } from '../control/startControlServer.ts';
import { makeCertificate, type ServerCertificate } from '../http/certificate.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import type { AccessKey } from './accessToken.ts';
import { clientConnections, type EventHubStats } from './connections.ts';
import { controlActions, type EventHubControl } from './controlActions.ts';
import type { EventHubOptions } from './eventHubOptions.ts';
import { openHubContext } from './hubContext.ts';
import { listenForClients } from './hubListener.ts';
import { serviceIdleLimits } from './openLinks.ts';

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
  readonly control: EventHubControl;
  /** Answers `/control` and below, and `/health` as the emulator does. */
  readonly controlUrl: string;
  stats(): EventHubStats;
  /** Cuts all connections and resolves once port and files are free. */
  stop(): Promise<void>;
}

function loopbackHost(host = '127.0.0.1'): string {
  if (/^127(?:\.\d{1,3}){3}$/.test(host)) return host;
  throw new Error(`An event hub stand-in listens on 127.x.y.z only, not on ${host}`);
}

function connectionString(port: number, host: string, { keyName, key }: AccessKey): string {
  return `Endpoint=sb://${host}:${port};SharedAccessKeyName=${keyName};SharedAccessKey=${key};`;
}

/** @param address - the connection string for a host. */
async function tlsAccess(
  certificate: ServerCertificate | undefined,
  host: string,
  address: (host: string) => string,
): Promise<TlsAccess | undefined> {
  if (!certificate) return undefined;
  const { authorityPem } = certificate;
  const authorityFile = join(await temporaryFolder(), 'authority.pem');
  await writeFile(authorityFile, authorityPem);
  // Clients warn where a certificate is asked for by address.
  const tlsHost = host === '127.0.0.1' ? 'localhost' : host;
  return { connectionString: address(tlsHost), authorityPem, authorityFile };
}

async function open(options: EventHubOptions, opened: Closers): Promise<Omit<EventHub, 'stop'>> {
  const host = loopbackHost(options.host);
  const { tls: isSecured = false } = options;
  const certificate = isSecured === true ? await makeCertificate(host) : isSecured || undefined;
  const { context, control } = openHubContext(options, {
    dropConnections: () => listener.dropConnections(),
    detach: (fault) => connections.detach(fault),
  });
  opened.add(() => context.namespace.close());
  const idleLimits = { ...serviceIdleLimits, ...options.idleLimits };
  const connections = clientConnections(context, idleLimits);
  opened.add(connections.stop);
  const { namespace, access } = context;
  const { stats, serve } = connections;
  const port = options.port ?? 0;
  const { beginMs } = idleLimits;
  const listener = await listenForClients({ host, port, certificate, beginMs, onStream: serve });
  opened.add(() => listener.stop());
  const address = (name: string): string => connectionString(listener.port, name, access);
  const tls = await tlsAccess(certificate, host, address);
  if (tls) opened.add(() => rm(dirname(tls.authorityFile), { recursive: true }));
  const served = { port: listener.port, hasTls: tls !== undefined };
  const actions = controlActions({ control, namespace, stats, ...served });
  const controlServer = await startControlServer(actions, options.controlPort);
  opened.add(() => controlServer.stop());
  return {
    connectionString: `${address(host)}UseDevelopmentEmulator=true;`,
    tls,
    port: listener.port,
    control,
    controlUrl: controlServer.url,
    stats,
  };
}

export async function startEventHub(options: EventHubOptions): Promise<EventHub> {
  const opened = closers();
  try {
    const hub = await open(options, opened);
    let stopping: Promise<void> | undefined;
    return { ...hub, stop: () => (stopping ??= opened.closeAll()) };
  } catch (error) {
    await opened.closeAll();
    throw error;
  }
}

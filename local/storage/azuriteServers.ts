/**
 * Azurite's servers without its command line and its telemetry, which are three quarters of what it
 * loads. Files and defaults are those of its own command line: a kept folder can be opened with it.
 */
import type { RequestListener, Server } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { StorageService } from './faults.ts';

export interface AzuriteServer {
  /** Before its start: answers what `wrap` makes of its own answers. */
  wrap(wrap: (azurite: RequestListener) => RequestListener): void;
  /** @returns the port. */
  start(): Promise<number>;
  /** Writes what it keeps. */
  close(): Promise<void>;
}

/** What of Azurite's own server class is used. */
interface Inner {
  readonly httpServer: Server;
  start(): Promise<void>;
  close(): Promise<void>;
}

type Constructor<Made> = new (...options: readonly unknown[]) => Made;

const load = createRequire(createRequire(import.meta.url).resolve('azurite/package.json'));

/** Source: Azurite 3.37, `queue/utils/constants` and `table/utils/constants`, 2026-11-25. */
const host = '127.0.0.1';
/** Longer than any client's pool keeps an idle socket, or a call meets a socket just closed. */
const keepAliveSeconds = 75;

/** @param dataDir - in memory where unset. */
export function azuriteServer(
  service: StorageService,
  port: number,
  dataDir: string | undefined,
): AzuriteServer {
  leaveTelemetryOut();
  const inner =
    service === 'table' ? tableServer(port, dataDir) : fileServer(service, port, dataDir);
  return {
    wrap(wrap) {
      const [azurite] = inner.httpServer.listeners('request');
      inner.httpServer.removeAllListeners('request');
      inner.httpServer.on('request', wrap(azurite as RequestListener));
    },
    async start() {
      await inner.start();
      const address = inner.httpServer.address();
      return typeof address === 'object' && address ? address.port : port;
    },
    close: () => inner.close(),
  };
}

/** What it requires of `applicationinsights` it never calls while telemetry is off. */
function leaveTelemetryOut(): void {
  const path = load.resolve('applicationinsights');
  const nothing = { id: path, path, filename: path, loaded: true, exports: {} };
  load.cache[path] ??= Object.assign(Object.create(null), nothing, { children: [], paths: [] });
}

function azuriteClass<Made>(module: string): Constructor<Made> {
  const { default: made }: { default: Constructor<Made> } = load(`./dist/src/${module}.js`);
  return made;
}

/** Access log, debug log: off. Then: loose, without an API version check, no certificate. */
const lenience = [true, true, '', '', '', undefined, false];

function fileServer(service: 'blob' | 'queue', port: number, dataDir: string | undefined): Inner {
  const name = service === 'blob' ? 'Blob' : 'Queue';
  const Configuration = azuriteClass<object>(`${service}/${name}Configuration`);
  const AnyServer = azuriteClass<Inner>(`${service}/${name}Server`);
  const folder = dataDir ?? '';
  const maxConcurrency = service === 'blob' ? 50 : 1;
  const extents = { locationId: 'Default', locationPath: join(folder, `__${service}storage__`) };
  return new AnyServer(
    new Configuration(
      host,
      port,
      keepAliveSeconds,
      join(folder, `__azurite_db_${service}__.json`),
      join(folder, `__azurite_db_${service}_extent__.json`),
      [{ ...extents, maxConcurrency }],
      false,
      undefined,
      false,
      undefined,
      ...lenience,
      dataDir === undefined,
    ),
  );
}

function tableServer(port: number, dataDir: string | undefined): Inner {
  const Configuration = azuriteClass<object>('table/TableConfiguration');
  const AnyServer = azuriteClass<Inner>('table/TableServer');
  return new AnyServer(
    new Configuration(
      host,
      port,
      keepAliveSeconds,
      join(dataDir ?? '', '__azurite_db_table__.json'),
      false,
      false,
      undefined,
      undefined,
      ...lenience,
      dataDir === undefined,
    ),
  );
}

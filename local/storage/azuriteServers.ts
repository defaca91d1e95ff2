/**
 * Azurite's servers without its command line and its telemetry, which are three quarters of what it
 * loads. Files and defaults are those of its own command line: a kept folder can be opened with it.
 */
import type { RequestListener, Server } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { StorageService } from './faults.ts';

export interface AzuriteServer {
  readonly listener: RequestListener;
  start(): Promise<void>;
  /** Writes what it keeps, and closes its port. */
  close(): Promise<void>;
}

/** What of Azurite's own server class is used. */
interface Inner {
  httpServer: Pick<Server, 'listeners'> | Door;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** What Azurite does with its HTTP server. */
interface Door {
  listen(port: number, host: string, listening: () => void): { on(): void };
  address(): unknown;
  removeAllListeners(): void;
  stop(): void;
}

interface LogStrategy {
  log(level: string, message: string): void;
}

type Constructor<Made> = new (...options: readonly unknown[]) => Made;

const load = createRequire(createRequire(import.meta.url).resolve('azurite/package.json'));

/** Host, port and keep-alive time: not of its own. */
const noDoor = ['127.0.0.1', 0, 0] as const;

/** What its error middleware says of an error that is not one of the service's own. */
const unexpected = /^ErrorMiddleware: ErrorName=(?:\w*Error) ErrorMessage=(.*?)\s+ErrorStack=/s;

/** @returns what Azurite said last of an error it did not expect: its answer does not say it. */
export function hearErrors(): () => string {
  let reason = 'no reason was given';
  const { default: logger }: { default: { strategy: LogStrategy } } = load(
    './dist/src/common/Logger.js',
  );
  logger.strategy = {
    log(level, message) {
      if (level === 'error') reason = unexpected.exec(message)?.[1] ?? reason;
    },
  };
  return () => reason;
}

/**
 * @param server - listens already: loading takes longer than anybody wants to wait for a port.
 * @param dataDir - in memory where unset.
 */
export function azuriteServer(
  service: StorageService,
  server: Server,
  dataDir: string | undefined,
): AzuriteServer {
  leaveTelemetryOut();
  const inner = service === 'table' ? tableServer(dataDir) : fileServer(service, dataDir);
  const own = inner.httpServer;
  const [listener] = 'listeners' in own ? own.listeners('request') : [];
  inner.httpServer = doorOf(server);
  return {
    listener: listener as RequestListener,
    start: () => inner.start(),
    close: () => inner.close(),
  };
}

function doorOf(server: Server): Door {
  return {
    listen(_port, _host, listening) {
      listening();
      return { on() {} };
    },
    address: () => server.address(),
    removeAllListeners() {},
    stop() {
      server.close();
      server.closeAllConnections();
    },
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

function fileServer(service: 'blob' | 'queue', dataDir: string | undefined): Inner {
  const name = service === 'blob' ? 'Blob' : 'Queue';
  const Configuration = azuriteClass<object>(`${service}/${name}Configuration`);
  const AnyServer = azuriteClass<Inner>(`${service}/${name}Server`);
  const folder = dataDir ?? '';
  const maxConcurrency = service === 'blob' ? 50 : 1;
  const extents = { locationId: 'Default', locationPath: join(folder, `__${service}storage__`) };
  return new AnyServer(
    new Configuration(
      ...noDoor,
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

function tableServer(dataDir: string | undefined): Inner {
  const Configuration = azuriteClass<object>('table/TableConfiguration');
  const AnyServer = azuriteClass<Inner>('table/TableServer');
  return new AnyServer(
    new Configuration(
      ...noDoor,
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

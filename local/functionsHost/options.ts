/** What a functions host is started with and what it hands back, in this process or in one of its own. */
import type { InvocationRequest } from './app/invocation.ts';

export type LogLevel =
  | 'trace'
  | 'debug'
  | 'information'
  | 'warning'
  | 'error'
  | 'critical'
  | 'none';

export interface HostLog {
  readonly atMs: number;
  readonly level: LogLevel;
  /** `Function.<name>.User` for the app's own records, as on the real host. */
  readonly category: string;
  readonly message: string;
  readonly functionName?: string | undefined;
  readonly invocationId?: string | undefined;
}

/**
 * How 64-bit integers reach the app: `{low, high, unsigned}` with workers before 3.14 and in 3.16.0,
 * plain numbers with the others.
 */
export type Int64Dialect = 'long' | 'number';

export interface FunctionsHostOptions {
  /** The app's main module: a `.ts`/`.mjs` source or a `.cjs` bundle. */
  readonly entry: string;
  /** What `Values` of local.settings.json would hold. */
  readonly settings: Readonly<Record<string, string>>;
  /** The parsed host.json. */
  readonly hostJson: unknown;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Deliver blobs that were there before this storage saw its first host. Default: false. */
  readonly deliversExistingBlobs?: boolean;
  /** Default: `long`, as seen on the real host. */
  readonly int64Dialect?: Int64Dialect;
  readonly onLog: (log: HostLog) => void;
}

export interface FunctionStats {
  readonly succeededCount: number;
  /** Attempts: one that is tried again counts each time. */
  readonly failedCount: number;
  readonly runningCount: number;
}

export interface HostStats {
  readonly functions: Readonly<Record<string, FunctionStats>>;
  /** Of the process the host runs in. */
  readonly rssBytes: number;
  /** The most it ever was. */
  readonly peakRssBytes: number;
}

export interface HostControl {
  /** Resolves once nothing runs, nothing waits, and every trigger looked and found nothing. */
  idle(): Promise<void>;
  stats(): Promise<HostStats>;
  /** Calls a function with data as the .NET host would encode it. @throws what the handler threw. */
  invoke(functionName: string, request: InvocationRequest): Promise<unknown>;
  /**
   * Delivers an event for a blob of any container to every blob function, as Event Grid would: also
   * twice, also for one that isn't there. Resolves when the functions are through with it.
   */
  deliverBlob(container: string, blobName: string): Promise<void>;
  /** Lets running invocations end (5 s at most), then runs the app's terminate hooks. */
  stop(): Promise<void>;
}

export interface FunctionsHost extends HostControl {
  /** Without a trailing slash. */
  readonly url: string;
  /** Names, in order of registration. */
  readonly functions: readonly string[];
}

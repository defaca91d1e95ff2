/** What a functions host is started with and what it hands back, in this process or in one of its own. */
import type { Authorization } from './triggers/http/authorization.ts';

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
 * Whose ways the host has: `newer` is today's (worker 3.16.1, Event Hubs extension 6.5), `older` the
 * one that was watched at work (host 4.1037, worker 3.9.1, Event Hubs extension 5.3).
 */
export type HostDialect = 'newer' | 'older';

/**
 * How 64-bit integers reach the app: `{low, high, unsigned}` with workers before 3.14 and in 3.16.0,
 * plain numbers with the others, text where a worker's protocol library was set up so.
 */
export type Int64Dialect = 'number' | 'string' | 'long';

/** Calls back for each blob that is written or deleted from now on. */
export type WatchBlobs = (
  onChange: (change: { readonly container: string }) => void,
) => Promise<void>;

export interface FunctionsHostOptions {
  /** The app's main module: a `.ts`/`.mjs` source or a `.cjs` bundle. */
  readonly entry: string;
  /** What `Values` of local.settings.json would hold. */
  readonly settings: Readonly<Record<string, string>>;
  /** The parsed host.json. */
  readonly hostJson: unknown;
  /** 0, the default, takes a free one. */
  readonly port?: number | undefined;
  /** Deliver blobs that were there before this storage saw its first host. Default: false. */
  readonly deliversExistingBlobs?: boolean | undefined;
  /** Blob uploads are seen and announced. Default: true; false for a second host of the same app. */
  readonly raisesBlobEvents?: boolean | undefined;
  /** Tells of each upload as it happens; without it, looking again and again finds them later. */
  readonly watchBlobs?: WatchBlobs | undefined;
  /** Default: `coreTools`. */
  readonly authorization?: Authorization | undefined;
  /** Default: `newer`. */
  readonly dialect?: HostDialect | undefined;
  /** Default: the dialect's own, `number` for the newer, `long` for the older. */
  readonly int64Dialect?: Int64Dialect | undefined;
  /** Of the control interface; 0, the default, takes a free one. */
  readonly controlPort?: number | undefined;
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
  /** Of the worker, the process the app runs in; 0 while there is none. */
  readonly rssBytes: number;
  /** The most it ever was. */
  readonly peakRssBytes: number;
}

export interface HostControl {
  /** Resolves once nothing runs, nothing waits, and every trigger looked and found nothing. */
  idle(): Promise<void>;
  stats(): Promise<HostStats>;
  /**
   * Delivers an event for a blob of any container to every blob function, as Event Grid would: also
   * twice, also for one that isn't there. Resolves when the functions are through with it.
   */
  deliverBlob(container: string, blobName: string): Promise<void>;
  /** Lets running calls end (10 s at most), then runs the app's terminate hooks (5 s at most). */
  stop(): Promise<void>;
}

export interface FunctionsHost extends HostControl {
  /** Without a trailing slash. */
  readonly url: string;
  /** Of the control interface; commands are below `/control`. */
  readonly controlUrl: string;
  /** Names, in order of registration. */
  readonly functions: readonly string[];
  /** Resolves with the reason where the host ends by itself, with nothing finished. */
  readonly gone: Promise<string>;
}

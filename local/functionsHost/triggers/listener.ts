/** What every trigger's listener is given and what the host asks of it. */
import type { AppFunction } from '../app/appFunction.ts';
import type { ListedFunction } from '../functionList.ts';
import type { HostJson } from '../hostJson.ts';
import type { HostLife } from '../hostLife.ts';
import type { Invocations } from '../invocations.ts';
import type { HostDialect, Int64Dialect, LogLevel, WatchBlobs } from '../options.ts';
import type { Settings } from '../settings.ts';
import type { Doors } from './doors.ts';
import type { Authorization } from './http/authorization.ts';

export interface Listener {
  /** Resolves once nothing waits and a look at the source found nothing. */
  readonly settle: () => Promise<void>;
  /** Takes nothing new; what runs is waited for, up to `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export interface ListenerContext {
  readonly settings: Settings;
  readonly hostJson: HostJson;
  readonly life: HostLife;
  /** All of the app's, those included that aren't served. */
  readonly functions: readonly ListedFunction[];
  readonly invocations: Invocations;
  readonly capabilities: Readonly<Record<string, string>>;
  readonly hostId: string;
  readonly dialect: HostDialect;
  readonly int64Dialect: Int64Dialect;
  readonly deliversExistingBlobs: boolean;
  readonly raisesBlobEvents: boolean;
  readonly watchBlobs: WatchBlobs | undefined;
  readonly authorization: Authorization;
  readonly doors: Doors;
  /** Ends the host, as an error in one of its own background tasks does. */
  readonly takeDown: (reason: string) => void;
  readonly log: (level: LogLevel, message: string) => void;
}

/** A function narrowed to one kind of trigger. */
export interface Served<Trigger> {
  readonly called: AppFunction;
  readonly trigger: Trigger;
}

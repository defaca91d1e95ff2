/** How a stand-in is started. */
import type { ServerCertificate } from '../http/certificate.ts';
import type { HubOptions } from './namespace.ts';
import type { IdleLimits } from './openLinks.ts';
import type { Retention } from './partition.ts';

export interface EventHubOptions {
  readonly hubs: readonly HubOptions[];
  /** An address of the loopback network, 127.0.0.1 where unset. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** The port speaks TLS too, with a certificate made at the start where none is given. */
  readonly tls?: boolean | ServerCertificate;
  /** Port of the control interface; 0, the default, takes any free one. */
  readonly controlPort?: number;
  /** Folder that keeps the events across starts; without it they live in memory. */
  readonly dataDir?: string | undefined;
  /** Hears of what was wrong with the kept events; on standard error where unset. */
  readonly onWarning?: (message: string) => void;
  readonly keyName?: string;
  readonly key?: string;
  /** Takes any `jwt` token too, as a client with a token credential sends it. */
  readonly acceptsJwt?: boolean;
  /** Left out: everything is kept. */
  readonly retention?: Retention;
  readonly maxMessageBytes?: number;
  /** Left out: no limit. */
  readonly throughputUnits?: number;
  /** What is left out is as the service has it. */
  readonly idleLimits?: Partial<IdleLimits>;
  readonly nowMs?: () => number;
}

/** What triggers tell the host's port as they start. */
import type { Webhook } from './http/webhooks.ts';

export interface Doors {
  /** Of the host's port, once it listens. */
  hostUrl: string;
  /** By extension: who answers below `/runtime/webhooks`. */
  readonly webhooks: Map<string, Webhook>;
  /** By function: why it is not served. */
  readonly problems: Map<string, string>;
}

export function newDoors(): Doors {
  return { hostUrl: '', webhooks: new Map(), problems: new Map() };
}

/** The event hub as a part of the world, with the hubs that the app expects. */
import { names } from '../../shared/settings.ts';
import { type EventHub, startEventHub } from '../eventHub/startEventHub.ts';
import type { WorldOptions } from '../worldOptions.ts';
import { type Flags, keptIn, portOption } from './part.ts';

export const eventHubFlags = {
  'hubs-tls': {
    type: 'boolean',
    help: 'the event hub speaks TLS too and takes tokens of identities',
  },
} as const satisfies Flags;

interface EventHubValues {
  readonly 'hubs-tls'?: boolean | undefined;
}

/** @param values - of the flags above. @throws Error in words for the user. */
export function eventHubOptions(values: EventHubValues): Pick<WorldOptions, 'eventHub'> {
  // A client with an identity comes with TLS always.
  return values['hubs-tls'] === true ? { eventHub: { tls: true, acceptsJwt: true } } : {};
}

export async function startEventHubPart(options: WorldOptions): Promise<EventHub> {
  const hubs = [names.capturesHub, names.predictionsHub].map((name) => ({
    name,
    partitionCount: 2,
    consumerGroups: [],
  }));
  return startEventHub({
    hubs,
    ...(await keptIn(options.dataDir, 'hubs')),
    ...portOption(options.ports?.eventHub),
    controlPort: options.ports?.eventHubControl ?? 0,
    ...options.eventHub,
  });
}

export function eventHubSettings({ connectionString }: EventHub) {
  return { EventHubs: connectionString };
}

export function eventHubDocument({ connectionString, controlUrl, tls }: EventHub) {
  return {
    connectionString,
    control: controlUrl,
    tls: tls ? { connectionString: tls.connectionString, authorityFile: tls.authorityFile } : null,
    capturesHub: names.capturesHub,
    predictionsHub: names.predictionsHub,
  };
}

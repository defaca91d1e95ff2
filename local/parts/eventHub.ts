/** The event hub as a part of the world, with the hubs that the app expects. */
import { names } from '../../shared/settings.ts';
import { readEmulatorConfig } from '../eventHub/emulatorConfig.ts';
import type { HubOptions } from '../eventHub/namespace.ts';
import { type EventHub, startEventHub } from '../eventHub/startEventHub.ts';
import type { WorldOptions } from '../worldOptions.ts';
import { type Flags, keptIn, portOption, warningsTo } from './part.ts';

export const eventHubFlags = {
  hubs: {
    type: 'string',
    takes: 'FILE',
    help: "hubs from the official emulator's Config.json, beside the app's own",
  },
  'hubs-tls': {
    type: 'boolean',
    help: 'the event hub speaks TLS too, the app with it, and takes tokens of identities',
  },
} as const satisfies Flags;

interface EventHubValues {
  readonly hubs?: string | undefined;
  readonly 'hubs-tls'?: boolean | undefined;
}

/** @param values - of the flags above. @throws Error in words for the user. */
export function eventHubOptions(values: EventHubValues): Pick<WorldOptions, 'eventHub'> {
  // A client with an identity comes with TLS always.
  const secured = values['hubs-tls'] === true ? { tls: true, acceptsJwt: true } : {};
  const hubs =
    values.hubs === undefined ? {} : { hubs: withOwnHubs(readEmulatorConfig(values.hubs)) };
  const eventHub = { ...secured, ...hubs };
  return Object.keys(eventHub).length === 0 ? {} : { eventHub };
}

/** What the app needs and the file does not name is there all the same. */
function withOwnHubs(hubs: readonly HubOptions[]): HubOptions[] {
  const named = new Set(hubs.map(({ name }) => name.toLowerCase()));
  return [...hubs, ...ownHubs.filter(({ name }) => !named.has(name))];
}

const ownHubs: readonly HubOptions[] = [names.capturesHub, names.predictionsHub].map((name) => ({
  name,
  partitionCount: 2,
  consumerGroups: [],
}));

export async function startEventHubPart(options: WorldOptions): Promise<EventHub> {
  return startEventHub({
    hubs: ownHubs,
    ...(await keptIn(options.dataDir, 'hubs')),
    ...warningsTo(options.onLog, { level: 'warning', category: 'EventHub' }),
    ...portOption(options.ports?.eventHub),
    controlPort: options.ports?.eventHubControl ?? 0,
    ...options.eventHub,
  });
}

/** Over TLS where there is any, as in Azure. */
export function eventHubSettings({ connectionString, tls }: EventHub) {
  return { EventHubs: tls?.connectionString ?? connectionString };
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

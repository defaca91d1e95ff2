/** The event hub as a part of the world, with the hubs that the app expects. */
import { names } from '../../shared/settings.ts';
import { type EventHub, startEventHub } from '../eventHub/startEventHub.ts';
import type { WorldOptions } from '../worldOptions.ts';
import { type Flags, keptIn, portOption } from './part.ts';

export const eventHubFlags = {} satisfies Flags;

/** @param _values - of the flags above. @throws Error in words for the user. */
export function eventHubOptions(_values: object): Pick<WorldOptions, 'eventHub'> {
  return {};
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
    ...options.eventHub,
  });
}

export function eventHubSettings({ connectionString }: EventHub) {
  return { EventHubs: connectionString };
}

export function eventHubDocument({ connectionString, controlUrl }: EventHub) {
  return {
    connectionString,
    control: controlUrl,
    capturesHub: names.capturesHub,
    predictionsHub: names.predictionsHub,
  };
}

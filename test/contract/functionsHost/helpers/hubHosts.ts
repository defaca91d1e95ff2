/** Storage and hubs for the tests of a file; the hosts and relays of a test end with it. */
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { FunctionsHostOptions } from '../../../../local/functionsHost/options.ts';
import { type HubWorld, startHubWorld } from './hubWorld.ts';
import { watchWaysIn } from './wayIn.ts';

export function hubHosts(hubs: Readonly<Record<string, number>>) {
  let world: HubWorld;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    world = await startHubWorld(hubs);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });
  afterAll(() => world.stop());

  async function startWith(functions: readonly string[], options: Partial<FunctionsHostOptions>) {
    const started = await world.start(functions, options);
    ends.push(() => started.host.stop());
    return started;
  }

  return {
    world: () => world,
    startWith,
    /** @param eventHubs - of host.json. */
    start: (
      functionName: string,
      eventHubs: object = {},
      Hubs = world.hub.connectionString,
    ): ReturnType<typeof startWith> =>
      startWith([functionName], { hostJson: { extensions: { eventHubs } }, settings: { Hubs } }),
    /** A relay in front of the hub, and the connection string that goes through it. */
    async watchedHub() {
      const { port, connectionString } = world.hub;
      const ways = await watchWaysIn(port);
      ends.push(() => ways.stop());
      return { ways, address: connectionString.replace(`:${port}`, `:${ways.port}`) };
    },
  };
}

/**
 * What the app tells only now and then, asked for at once: nobody has to wait five minutes, or an
 * hour, to see how things stand here.
 */
import type { FunctionsHost } from './functionsHost/options.ts';
import type { Backends, World } from './world.ts';

type Timer = 'reportQuota' | 'probeEndpoint' | 'reconcilePhotos';

/** Of a fresh world: what is looked at costs no call and changes nothing. */
export async function firstLook(world: Backends | World): Promise<void> {
  const { telemetry } = world;
  if (!('functions' in world) || !telemetry) return;
  const { functions } = world;
  telemetry.lookWith(() =>
    runTimers(functions, ['reportQuota', 'probeEndpoint', 'reconcilePhotos']),
  );
  // What goes wrong is in the app's log; the world is there all the same.
  await runTimers(functions, ['reportQuota']).catch(() => {});
}

/** @throws Error where one of them can't be run */
async function runTimers({ controlUrl }: FunctionsHost, timers: readonly Timer[]): Promise<void> {
  for (const timer of timers) {
    const answer = await fetch(`${controlUrl}/control/timers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ function: timer }),
    });
    if (!answer.ok) throw new Error(`${timer}: ${answer.status}`);
  }
}

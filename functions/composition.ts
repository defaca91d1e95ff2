/**
 * The real dependencies, once per process, on first use. What they are made of is loaded after the
 * functions are registered: the host sets up its triggers meanwhile.
 */
import type { Composition } from './compose.ts';

let composed: Promise<Composition> | undefined;

/** @throws PipelineError `SETTINGS_INVALID`; asked again, it reads the settings again. */
export function composition(): Promise<Composition> {
  composed ??= load()
    .then(({ compose }) => compose())
    .catch((error: unknown) => {
      composed = undefined;
      throw error;
    });
  return composed;
}

/** Bounded by the host: it kills the worker five seconds after it asked it to end. */
export async function closeComposition(): Promise<void> {
  if (!composed) return;
  const { deps, stopCounting } = await composed;
  deps.quota.stop();
  stopCounting();
  await deps.events.close();
}

function load(): Promise<typeof import('./compose.ts')> {
  return import('./compose.ts');
}

// What keeps it from loading is met again by the first call.
setImmediate(() => void load().catch(() => {}));

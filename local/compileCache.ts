/** Where the processes of the world keep what they compiled, so that the next world does not. */
import { fileURLToPath } from 'node:url';

/** Each Node version has its own part of it; deleting it costs the next start half a second. */
export const compileCacheDir = fileURLToPath(
  new URL('../node_modules/.cache/sightglass', import.meta.url),
);

/** The process around Azurite: ends with its parent, however that ends. */
import { createRequire } from 'node:module';

const stopTimeoutMs = 3_000;

process.on('disconnect', () => {
  setTimeout(() => process.exit(0), stopTimeoutMs).unref();
  // Azurite's own way out: it writes what it keeps.
  process.kill(process.pid, 'SIGTERM');
});
// Without this the channel would keep the process after Azurite closed its servers.
process.channel?.unref();

const azurite: string = 'azurite/dist/src/azurite.js';
createRequire(import.meta.url)(azurite);

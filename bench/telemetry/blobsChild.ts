/** The process behind blobsProcess.ts. */
import { startMemoryBlobs } from './memoryBlobs.ts';

const { connectionString, clear } = await startMemoryBlobs();
process.on('message', () => {
  clear();
  process.send?.('cleared');
});
process.once('disconnect', () => process.exit());
process.send?.(connectionString);

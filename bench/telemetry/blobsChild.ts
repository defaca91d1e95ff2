/** The process behind blobsProcess.ts. */
import { once } from 'node:events';
import { certificateSchema } from '../worldOrder.ts';
import { startMemoryBlobs } from './memoryBlobs.ts';

const [certificate] = await once(process, 'message');
const { connectionString, clear } = await startMemoryBlobs(certificateSchema.parse(certificate));
process.on('message', () => {
  clear();
  process.send?.('cleared');
});
process.once('disconnect', () => process.exit());
process.send?.(connectionString);

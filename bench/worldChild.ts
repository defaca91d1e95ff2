/** The process behind worldProcess.ts: everything but the functions host, with a constant endpoint. */
import { startBackends } from '../local/world.ts';

const parts = await startBackends({ prediction: { scoring: 'fixed', publishedName: 'parts' } });
process.send?.(parts.settings);
process.once('message', () => void parts.stop().then(() => process.disconnect()));
process.once('disconnect', () => void parts.stop());

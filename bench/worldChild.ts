/** The process behind worldProcess.ts: everything but the functions host, with a constant endpoint. */
import { once } from 'node:events';
import { startBackends } from '../local/world.ts';
import { orderSchema } from './worldOrder.ts';

const [order] = await once(process, 'message');
const { certificate } = orderSchema.parse(order);
const parts = await startBackends({
  prediction: { scoring: 'fixed', publishedName: 'parts', ...(certificate && { certificate }) },
  ...(certificate && { eventHub: { tls: certificate } }),
});
process.send?.(parts.settings);
process.once('message', () => void parts.stop().then(() => process.disconnect()));
process.once('disconnect', () => void parts.stop());

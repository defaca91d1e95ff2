/** Parked photos whose time has come. */
import { app, type InvocationContext, type StorageQueueHandler } from '@azure/functions';
import { drainDeferred } from '../shared/pipeline/drainDeferred.ts';
import { names } from '../shared/settings.ts';
import { withBudget } from './budget.ts';
import { composition } from './composition.ts';
import { logFates } from './logFates.ts';
import { traced } from './traced.ts';

const handler: StorageQueueHandler = async (message: unknown, context: InvocationContext) => {
  const composed = await composition();
  const fates = await withBudget(composed, (budget) =>
    drainDeferred(composed.deps, message, budget),
  );
  logFates(context, fates, composed.deps);
};

app.storageQueue('drainDeferred', {
  connection: names.resultsConnection,
  queueName: names.deferredQueue,
  handler: traced('queue', handler),
});

/** What the host gave up on becomes an outcome: nothing rests unseen in a poison queue. */
import { app, type InvocationContext } from '@azure/functions';
import type { Budget } from '../shared/pipeline/deps.ts';
import type { Fate } from '../shared/pipeline/fate.ts';
import { settlePoisonedMessage, settlePoisonedUpload } from '../shared/pipeline/settlePoison.ts';
import { names } from '../shared/settings.ts';
import { withBudget } from './budget.ts';
import type { Composition } from './compose.ts';
import { composition } from './composition.ts';
import { logFates } from './logFates.ts';
import { traced } from './traced.ts';
import { isUpload } from './uploads.ts';

type Settle = (deps: Composition['deps'], message: unknown, budget: Budget) => Promise<Fate[]>;

function handler(settle: Settle) {
  return async (message: unknown, context: InvocationContext): Promise<void> => {
    const composed = await composition();
    const fates = await withBudget(composed, (budget) => settle(composed.deps, message, budget));
    context.error(JSON.stringify({ poisoned: fates.length }));
    logFates(context, fates);
  };
}

app.storageQueue('settlePoison', {
  connection: names.resultsConnection,
  queueName: names.deferredPoisonQueue,
  handler: traced('queue', handler(settlePoisonedMessage)),
});

// The host puts it beside the photos: into the account of the blob trigger's connection.
app.storageQueue('settlePoisonedUpload', {
  connection: names.photosConnection,
  queueName: names.uploadPoisonQueue,
  handler: traced(
    'queue',
    handler((deps, message, budget) => settlePoisonedUpload(deps, message, isUpload, budget)),
  ),
});

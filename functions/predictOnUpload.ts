/** A photo was uploaded: predict it. The event may be a duplicate, late, or about another container. */
import { app, type InvocationContext, type StorageBlobHandler } from '@azure/functions';
import { processBatch } from '../shared/pipeline/processBatch.ts';
import { inlineFolder } from '../shared/pipeline/processCaptures.ts';
import { names } from '../shared/settings.ts';
import { withBudget } from './budget.ts';
import { composition } from './composition.ts';
import { logFates } from './logFates.ts';
import { blobPath } from './triggerMetadata.ts';

const predictOnUpload: StorageBlobHandler = async (_blob: unknown, context: InvocationContext) => {
  const path = blobPath(context.triggerMetadata);
  if (!path || !isUpload(path)) {
    context.info(JSON.stringify({ notOurs: path ?? 'no blob path' }));
    return;
  }
  const composed = await composition();
  const { deps } = composed;
  const work = {
    photo: { account: deps.photos.account, ...path },
    source: { trigger: 'upload', context: {} },
    firstSeenAtMs: deps.clock.nowMs(),
    deferralCount: 0,
    badAnswerCount: 0,
  } as const;
  logFates(context, await withBudget(composed, (budget) => processBatch(deps, [work], budget)));
};

/** The trigger's path is no filter on the real host, and inline captures are predicted already. */
function isUpload({ container, blobName }: { container: string; blobName: string }): boolean {
  return container === names.photosContainer && !blobName.startsWith(inlineFolder);
}

app.storageBlob('predictOnUpload', {
  path: `${names.photosContainer}/{name}`,
  connection: names.photosConnection,
  source: 'EventGrid',
  sdkBinding: true,
  handler: predictOnUpload,
});

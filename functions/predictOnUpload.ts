/** A photo was uploaded: predict it. The event may be a duplicate, late, or about another container. */
import { app, type InvocationContext, type StorageBlobHandler } from '@azure/functions';
import { photoRoot } from '../shared/pipeline/inTrace.ts';
import { processBatch } from '../shared/pipeline/processBatch.ts';
import { names } from '../shared/settings.ts';
import { withBudget } from './budget.ts';
import { composition } from './composition.ts';
import { logFates } from './logFates.ts';
import { traced } from './traced.ts';
import { blobPath } from './triggerMetadata.ts';
import { isUpload } from './uploads.ts';

const predictOnUpload: StorageBlobHandler = async (_blob: unknown, context: InvocationContext) => {
  const path = blobPath(context.triggerMetadata);
  if (!path || !isUpload(path.container, path.blobName)) {
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
  const fates = await withBudget(composed, (budget) => processBatch(deps, [work], budget));
  logFates(context, fates, deps);
};

/** The invocation is a part of its photo's own trace. */
async function rootOf(_blob: unknown, { triggerMetadata }: InvocationContext) {
  const path = blobPath(triggerMetadata);
  if (!path) return undefined;
  const { deps } = await composition();
  return photoRoot(deps.telemetry, { account: deps.photos.account, ...path });
}

app.storageBlob('predictOnUpload', {
  path: `${names.photosContainer}/{name}`,
  connection: names.photosConnection,
  source: 'EventGrid',
  sdkBinding: true,
  handler: traced('blob', predictOnUpload, rootOf),
});

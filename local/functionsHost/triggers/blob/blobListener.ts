/**
 * Blob trigger with source EventGrid, where no Event Grid is: the container is listed again and
 * again, and each new version of a blob is one event. Like Event Grid's, events may come twice.
 */
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import type { BlobTrigger } from '../../app/functionMetadata.ts';
import { connectionOf, resolveNames } from '../../settings.ts';
import type { Listener, ListenerContext, Served } from '../listener.ts';
import { type Look, type Poller, poller } from '../poller.ts';
import { blobDelivery, type DeliverBlob, isMissing } from './blobDelivery.ts';
import { type BlobIntake, type BlobVersion, blobIntake } from './blobIntake.ts';
import { blobPattern } from './blobPattern.ts';
import { openReceipts, type Receipts } from './receipts.ts';

const minPauseMs = 100;
const maxPauseMs = 500;
/** Listing a full container must not become all that storage does: so many times its duration is rest. */
const restPerListing = 4;
const saveIntervalMs = 2_000;

export interface BlobListener extends Listener {
  /** An event for any blob of the account. */
  readonly deliver: DeliverBlob;
}

export async function startBlobListener(
  context: ListenerContext,
  served: Served<BlobTrigger>,
): Promise<BlobListener> {
  const { settings, hostJson, log } = context;
  const account = connectionOf(settings, served.trigger.connection);
  const pattern = blobPattern(resolveNames(served.trigger.path, settings));
  const blobs = BlobServiceClient.fromConnectionString(account);
  const queues = QueueServiceClient.fromConnectionString(account);
  const container = blobs.getContainerClient(pattern.container);
  const receipts = await receiptsOf(context, served.called.name);
  if (!receipts.isKnown && !context.deliversExistingBlobs) {
    for (const { name, etag } of await list(container)) receipts.add(name, etag);
  }
  await receipts.save();
  const intake = blobIntake({
    container: pattern.container,
    receipts,
    deliver: blobDelivery({ context, served, pattern, blobs, queues }),
    maxParallelCount: hostJson.extensions.blobs.maxDegreeOfParallelism,
    onError: (message) => log('error', message),
  });
  const polling = politePoller(looker(container, intake, receipts), (error) =>
    log('error', `container ${pattern.container} can't be listed: ${String(error)}`),
  );
  return {
    deliver: intake.deliver,
    settle: polling.settle,
    async stop(graceMs) {
      await polling.stop();
      await intake.finish(graceMs);
      await receipts.save();
    },
  };
}

function receiptsOf({ settings, hostId }: ListenerContext, functionName: string) {
  const hostStorage = BlobServiceClient.fromConnectionString(
    connectionOf(settings, 'AzureWebJobsStorage'),
  );
  const hosts = hostStorage.getContainerClient('azure-webjobs-hosts');
  return openReceipts(hosts, hostId, functionName);
}

function looker(container: ContainerClient, intake: BlobIntake, receipts: Receipts) {
  let savedAtMs = performance.now();
  return async (): Promise<Look> => {
    const fresh = (await list(container)).filter((version) => !intake.isKnown(version));
    for (const version of fresh) intake.take(version);
    if (performance.now() - savedAtMs > saveIntervalMs) {
      savedAtMs = performance.now();
      await receipts.save();
    }
    if (fresh.length > 0) return 'found';
    return intake.isBusy() ? 'busy' : 'quiet';
  };
}

function politePoller(look: () => Promise<Look>, onError: (error: unknown) => void): Poller {
  let restUntilMs = 0;
  async function politeLook(): Promise<Look> {
    const startedAtMs = performance.now();
    if (startedAtMs < restUntilMs) return 'busy';
    const seen = await look();
    const endedAtMs = performance.now();
    restUntilMs = endedAtMs + (endedAtMs - startedAtMs) * restPerListing;
    return seen;
  }
  return poller({ look: politeLook, foundPauseMs: minPauseMs, minPauseMs, maxPauseMs, onError });
}

async function list(container: ContainerClient): Promise<BlobVersion[]> {
  try {
    const blobs = await Array.fromAsync(container.listBlobsFlat());
    return blobs.map(({ name, properties }) => ({ name, etag: properties.etag }));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/**
 * Sees what happens in a container by listing it again and again, at once where storage says so: each
 * new version of a blob, and each blob that is gone, is one event. Versions in between are missed.
 */
import { type BlobItem, BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { connectionOf } from '../../../settings.ts';
import { endedWithin } from '../../endedWithin.ts';
import type { Listener, ListenerContext } from '../../listener.ts';
import { type Look, poller } from '../../poller.ts';
import { isMissing, storageReason } from '../../storageError.ts';
import { storageRetries } from '../../storageRetries.ts';
import type { BlobFunction } from '../blobFunction.ts';
import { type DeliveredBlobs, openDeliveredBlobs } from './deliveredBlobs.ts';
import type { EventGrid } from './eventGrid.ts';
import { createdEvent, deletedEvent } from './observedEvent.ts';

/** Between two listings that found nothing new. */
export interface WatchPauses {
  readonly minMs: number;
  readonly maxMs: number;
}

const usualPauses: WatchPauses = { minMs: 20, maxMs: 500 };
/** Listing a full container must not become all that storage does: so many times its duration is rest. */
const restPerListing = 4;
const saveIntervalMs = 2_000;

export async function startBlobWatch(
  context: ListenerContext,
  watched: BlobFunction,
  grid: Pick<EventGrid, 'announce' | 'isStopped'>,
  { minMs, maxMs }: WatchPauses = usualPauses,
): Promise<Listener> {
  const { log } = context;
  const container = watched.blobs.getContainerClient(watched.pattern.container);
  const delivered = await deliveredTo(context, watched.called.name);
  if (!delivered.isKnown && !context.deliversExistingBlobs) {
    for (const { name, properties } of await list(container)) delivered.add(name, properties.etag);
  }
  await delivered.save();
  const announcer = announcerOf(watched, grid, delivered, (message) => log('error', message));
  const { container: containerName } = watched.pattern;
  const watching = poller({
    look: looker(container, announcer, delivered),
    foundPauseMs: minMs,
    minPauseMs: minMs,
    maxPauseMs: maxMs,
    restPerLook: restPerListing,
    onError: (error) =>
      log('error', `container ${containerName} can't be listed: ${storageReason(error)}`),
  });
  await context.watchBlobs?.(({ container: changed }) => {
    if (changed === containerName) watching.wake();
  });
  return {
    settle: watching.settle,
    async stop(graceMs) {
      await watching.stop();
      await endedWithin(announcer.through(), graceMs);
      await delivered.save();
    },
  };
}

function deliveredTo({ settings, hostId }: ListenerContext, functionName: string) {
  const hostStorage = BlobServiceClient.fromConnectionString(
    connectionOf(settings, 'AzureWebJobsStorage'),
    storageRetries,
  );
  const hosts = hostStorage.getContainerClient('azure-webjobs-hosts');
  return openDeliveredBlobs(hosts, hostId, functionName);
}

interface Announcer {
  /** @returns how many events are new. */
  take(present: readonly BlobItem[]): number;
  isBusy(): boolean;
  through(): Promise<unknown>;
}

function announcerOf(
  { blobs, pattern: { container }, called }: BlobFunction,
  grid: Pick<EventGrid, 'announce' | 'isStopped'>,
  delivered: DeliveredBlobs,
  onError: (message: string) => void,
): Announcer {
  const subscriber = { functionName: called.name, container };
  /** ETags under way, by name; `gone` for one that was deleted. */
  const underWay = new Map<string, string>();
  const announcements = new Set<Promise<void>>();

  function announce(name: string, version: string, work: () => Promise<void>): void {
    underWay.set(name, version);
    const announcement = work()
      .catch((error: unknown) => {
        // What a stop cut short comes again with the next start.
        if (!grid.isStopped()) onError(`${container}/${name}: ${storageReason(error)}`);
      })
      .finally(() => {
        announcements.delete(announcement);
        if (underWay.get(name) === version) underWay.delete(name);
      });
    announcements.add(announcement);
  }

  function created(item: BlobItem): void {
    const { etag } = item.properties;
    announce(item.name, etag, async () => {
      await grid.announce(subscriber, await createdEvent(blobs, container, item));
      delivered.add(item.name, etag);
    });
  }

  function deleted(name: string): void {
    announce(name, 'gone', async () => {
      await grid.announce(subscriber, deletedEvent(blobs, container, name));
      delivered.remove(name);
    });
  }

  return {
    take(present) {
      const fresh = present.filter(
        ({ name, properties: { etag } }) =>
          !delivered.has(name, etag) && underWay.get(name) !== etag,
      );
      const names = new Set(present.map(({ name }) => name));
      const gone = delivered.names().filter((name) => !names.has(name) && !underWay.has(name));
      for (const item of fresh) created(item);
      for (const name of gone) deleted(name);
      return fresh.length + gone.length;
    },
    isBusy: () => announcements.size > 0,
    through: () => Promise.all(announcements),
  };
}

function looker(container: ContainerClient, announcer: Announcer, delivered: DeliveredBlobs) {
  let savedAtMs = performance.now();
  return async (): Promise<Look> => {
    const newCount = announcer.take(await list(container));
    if (performance.now() - savedAtMs > saveIntervalMs) {
      savedAtMs = performance.now();
      await delivered.save();
    }
    if (newCount > 0) return 'found';
    return announcer.isBusy() ? 'busy' : 'quiet';
  };
}

async function list(container: ContainerClient): Promise<BlobItem[]> {
  try {
    return await Array.fromAsync(container.listBlobsFlat());
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

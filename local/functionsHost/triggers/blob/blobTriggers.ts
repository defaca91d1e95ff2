/**
 * All blob functions of the app: Event Grid's webhook, the internal queue behind it, and, as there is
 * no Event Grid here, the stand-in that sees uploads and calls the webhook.
 */
import type { BlobTrigger } from '../../app/functionMetadata.ts';
import { hostKeys } from '../http/hostKeys.ts';
import type { Listener, ListenerContext, Served } from '../listener.ts';
import { type BlobFunction, blobFunction } from './blobFunction.ts';
import { functionIdOf } from './blobMessage.ts';
import { type BlobQueue, type LeaseOptions, startBlobQueue } from './blobQueue.ts';
import { findBlob } from './blobRequest.ts';
import { blobWebhook } from './blobWebhook.ts';
import { startBlobWatch } from './eventGrid/blobWatch.ts';
import { type EventGrid, eventGrid } from './eventGrid/eventGrid.ts';
import { createdEvent, deletedEvent, lostEvent } from './eventGrid/observedEvent.ts';

export interface OrderedEvent {
  readonly container: string;
  readonly blobName: string;
  readonly isDeletion?: boolean;
}

export interface BlobTriggers extends Listener {
  readonly grid: EventGrid;
  /**
   * Delivers an event to every blob function, past all filters and troubles. Resolves when the
   * functions are through with it.
   */
  deliver(event: OrderedEvent): Promise<void>;
}

/** @throws Error where the function can't be served. */
export function blobFunctionsOf(context: ListenerContext) {
  const functions = new Map<string, BlobFunction>();
  return {
    functions,
    add(served: Served<BlobTrigger>): void {
      functions.set(functionIdOf(served.called.name), blobFunction(context, served));
    },
  };
}

/** @returns `undefined` where the app has no blob function. */
export async function startBlobTriggers(
  context: ListenerContext,
  functions: ReadonlyMap<string, BlobFunction>,
  lease: LeaseOptions = {},
): Promise<BlobTriggers | undefined> {
  if (functions.size === 0) return undefined;
  const { doors } = context;
  const queue = await startBlobQueue(context, functions, lease);
  doors.webhooks.set('blobs', blobWebhook(queue.send));
  const grid = gridOf(context);
  const watches = context.raisesBlobEvents
    ? await Promise.all(
        [...functions.values()].map((watched) => startBlobWatch(context, watched, grid)),
      )
    : [];
  return triggersOf([...functions.values()], { queue, grid, watches });
}

function gridOf(context: ListenerContext): EventGrid {
  const { authorization, doors, log } = context;
  const keys = hostKeys(context);
  return eventGrid({
    hostUrl: doors.hostUrl,
    key: async () => (authorization === 'keys' ? (await keys()).blobsExtension : undefined),
    onError: (message) => log('warning', message),
  });
}

interface Parts {
  readonly queue: BlobQueue;
  readonly grid: EventGrid;
  readonly watches: readonly Listener[];
}

function triggersOf(
  functions: readonly BlobFunction[],
  { queue, grid, watches }: Parts,
): BlobTriggers {
  return {
    grid,
    async deliver(ordered) {
      await Promise.all(functions.map((to) => deliverOrdered(to, grid, ordered)));
      await queue.pump.settle();
    },
    async settle() {
      await Promise.all(watches.map((watch) => watch.settle()));
      await queue.pump.settle();
    },
    async stop(graceMs) {
      // What is under way to the webhook comes again with the next start.
      grid.stop();
      await Promise.all(watches.map((watch) => watch.stop(graceMs)));
      await queue.pump.stop(graceMs);
    },
  };
}

async function deliverOrdered(
  { called, blobs, pattern }: BlobFunction,
  grid: EventGrid,
  { container, blobName, isDeletion = false }: OrderedEvent,
): Promise<void> {
  const subscriber = { functionName: called.name, container: pattern.container };
  const blob = isDeletion ? undefined : await findBlob(blobs, container, blobName);
  const gone = isDeletion ? deletedEvent : lostEvent;
  const event = blob
    ? await createdEvent(blobs, container, blob.item)
    : gone(blobs, container, blobName);
  await grid.deliver(subscriber, event);
}

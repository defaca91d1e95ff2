/**
 * Event Grid as a part of the world, for a functions host outside of it: each upload is posted to
 * that host's webhook. The world's own host brings its own.
 */
import { BlobServiceClient } from '@azure/storage-blob';
import { messageOf } from '../../shared/errors.ts';
import { names } from '../../shared/settings.ts';
import { findBlob } from '../functionsHost/triggers/blob/blobRequest.ts';
import { type EventGrid, eventGrid } from '../functionsHost/triggers/blob/eventGrid/eventGrid.ts';
import {
  createdEvent,
  deletedEvent,
} from '../functionsHost/triggers/blob/eventGrid/observedEvent.ts';
import type { Storage } from '../storage/startStorage.ts';
import type { WorldOptions } from '../worldOptions.ts';
import type { Flags } from './part.ts';

export const eventGridFlags = {
  'event-grid': {
    type: 'string',
    takes: 'URL',
    help: 'with --no-functions: announce uploads to the functions host at URL',
  },
} as const satisfies Flags;

/** The app's blob functions: what `infra/` subscribes in Azure. */
const subscribers = [{ functionName: 'predictOnUpload', container: names.photosContainer }];

interface EventGridValues {
  readonly 'event-grid'?: string | undefined;
  readonly 'no-functions'?: boolean | undefined;
}

/** @throws Error in words for the user. */
export function eventGridOptions(values: EventGridValues): Pick<WorldOptions, 'eventGridUrl'> {
  const text = values['event-grid'];
  if (text === undefined) return {};
  if (!values['no-functions']) throw new Error('--event-grid goes with --no-functions');
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new Error('--event-grid takes the address of a functions host: http://localhost:7071');
  }
  return { eventGridUrl: text };
}

/** @returns `undefined` where nobody outside wants events. */
export async function startEventGridPart(
  storage: Storage,
  { eventGridUrl, onLog = () => {} }: WorldOptions,
): Promise<Pick<EventGrid, 'stop'> | undefined> {
  if (eventGridUrl === undefined) return undefined;
  const warn = (message: string) =>
    onLog({ atMs: Date.now(), level: 'warning', category: 'EventGrid', message });
  const { origin, searchParams } = new URL(eventGridUrl);
  const key = async () => searchParams.get('code') ?? undefined;
  const grid = eventGrid({ hostUrl: origin, key, onError: warn });
  const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
  let isStopped = false;
  await storage.watchBlobs(({ container, blobName, isDeletion }) => {
    const blob = { container, blobName, isDeletion };
    announce(grid, blobs, blob).catch((error: unknown) => {
      if (!isStopped) warn(`${container}/${blobName} was not announced: ${messageOf(error)}`);
    });
  });
  return {
    stop() {
      isStopped = true;
      grid.stop();
    },
  };
}

interface Blob {
  readonly container: string;
  readonly blobName: string;
  readonly isDeletion: boolean;
}

async function announce(
  grid: EventGrid,
  blobs: BlobServiceClient,
  { container, blobName, isDeletion }: Blob,
): Promise<void> {
  const found = isDeletion ? undefined : await findBlob(blobs, container, blobName);
  if (!isDeletion && !found) return;
  const event = found
    ? await createdEvent(blobs, container, found.item)
    : deletedEvent(blobs, container, blobName);
  await Promise.all(subscribers.map((subscriber) => grid.announce(subscriber, event)));
}

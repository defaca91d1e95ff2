/** A blob function with the account it watches. */
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import type { AppFunction } from '../../app/appFunction.ts';
import type { BlobTrigger } from '../../app/functionMetadata.ts';
import { connectionOf, resolveNames } from '../../settings.ts';
import type { ListenerContext, Served } from '../listener.ts';
import { storageRetries } from '../storageRetries.ts';
import { blobPattern } from './blobPattern.ts';
import type { BlobSource } from './blobRequest.ts';

export interface BlobFunction extends BlobSource {
  readonly called: AppFunction;
  /** Of the watched account: what is poison goes there. */
  readonly queues: QueueServiceClient;
}

/** @throws Error where a setting is missing, or the function asks for a source that isn't there. */
export function blobFunction(
  { settings }: Pick<ListenerContext, 'settings'>,
  { called, trigger }: Served<BlobTrigger>,
): BlobFunction {
  if (trigger.source.toLowerCase() !== 'eventgrid') {
    throw new Error(
      `the local host has no blob source "${trigger.source}": say source: 'EventGrid', the only one that Flex Consumption has`,
    );
  }
  const account = connectionOf(settings, trigger.connection);
  return {
    called,
    trigger,
    pattern: blobPattern(resolveNames(trigger.path, settings)),
    blobs: BlobServiceClient.fromConnectionString(account, storageRetries),
    queues: QueueServiceClient.fromConnectionString(account, storageRetries),
  };
}

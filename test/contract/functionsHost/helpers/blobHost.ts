/** The host's port and its blob triggers alone, with functions made of one callback. */
import type { BlobTrigger } from '../../../../local/functionsHost/app/functionMetadata.ts';
import {
  blobFunctionsOf,
  startBlobTriggers,
} from '../../../../local/functionsHost/triggers/blob/blobTriggers.ts';
import { hostKeys } from '../../../../local/functionsHost/triggers/http/hostKeys.ts';
import { startHttpServer } from '../../../../local/functionsHost/triggers/http/httpServer.ts';
import type { ListenerContext } from '../../../../local/functionsHost/triggers/listener.ts';
import type { Storage } from '../../../../local/storage/startStorage.ts';
import { servedFunction, type TriggerContextOptions, triggerContext } from './triggerContext.ts';

export interface BlobHostOptions extends TriggerContextOptions {
  readonly hostId: string;
  /** Of the function `onBlob`. */
  readonly path?: string;
  readonly source?: string;
  readonly raisesBlobEvents?: boolean;
  readonly leaseSeconds?: number;
  readonly takeDown?: ListenerContext['takeDown'];
}

export const functionId = 'Host.Functions.onBlob';

export async function startBlobHost(storage: Storage, options: BlobHostOptions) {
  const { path = `${options.hostId}/{name}`, raisesBlobEvents = false, hostId } = options;
  const given = triggerContext(storage, options);
  const takeDown = options.takeDown ?? given.takeDown;
  const context = { ...given, hostId, raisesBlobEvents, takeDown, authorization: 'keys' } as const;
  const trigger: BlobTrigger = {
    type: 'blobtrigger',
    path,
    connection: 'AzureWebJobsStorage',
    source: options.source ?? 'EventGrid',
    dataType: undefined,
    properties: {},
  };
  const served = servedFunction(trigger, { name: 'onBlob' });
  const http = await startHttpServer(context, [served.called], 0);
  const functions = blobFunctionsOf(context);
  functions.add(served);
  const triggers = await startBlobTriggers(context, functions.functions, options);
  if (!triggers) throw new Error('unreachable: there is a blob function');
  const keys = await hostKeys(context)();
  return {
    triggers,
    keys,
    url: http.url,
    /** The webhook's address for a function, by its id. */
    webhook(id: string | undefined, key: string | undefined = keys.blobsExtension): URL {
      const url = new URL('/runtime/webhooks/blobs', http.url);
      if (id !== undefined) url.searchParams.set('functionName', id);
      if (key !== undefined) url.searchParams.set('code', key);
      return url;
    },
    async stop() {
      await triggers.stop(1_000);
      await http.stop(1_000);
    },
  };
}

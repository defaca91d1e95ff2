/** Every function's trigger is served; one that can't be is named in the log and left out. */
import { messageOf } from '../../../shared/errors.ts';
import type { AppFunction } from '../app/loadApp.ts';
import { type BlobListener, startBlobListener } from './blob/blobListener.ts';
import { startEventHubListener } from './eventHubs/eventHubListener.ts';
import type { Listener, ListenerContext } from './listener.ts';
import { startQueueListener } from './queue/queueListener.ts';
import { startTimerListener, type TimerListener } from './timer/timerListener.ts';

export interface Listeners {
  readonly all: readonly Listener[];
  readonly blobs: ReadonlyMap<string, BlobListener>;
  readonly timers: ReadonlyMap<string, TimerListener>;
}

export async function startListeners(
  context: ListenerContext,
  functions: readonly AppFunction[],
): Promise<Listeners> {
  const blobs = new Map<string, BlobListener>();
  const timers = new Map<string, TimerListener>();
  const starting = functions.map(async (called): Promise<Listener[]> => {
    try {
      return await startListener(context, called, { blobs, timers });
    } catch (error) {
      context.log('error', `The function '${called.name}' is in error: ${messageOf(error)}`);
      return [];
    }
  });
  return { all: (await Promise.all(starting)).flat(), blobs, timers };
}

interface Register {
  readonly blobs: Map<string, BlobListener>;
  readonly timers: Map<string, TimerListener>;
}

async function startListener(
  context: ListenerContext,
  called: AppFunction,
  { blobs, timers }: Register,
): Promise<Listener[]> {
  const { trigger, name } = called;
  switch (trigger.type) {
    case 'httptrigger':
      return [];
    case 'blobtrigger': {
      const listener = await startBlobListener(context, { called, trigger });
      blobs.set(name, listener);
      return [listener];
    }
    case 'queuetrigger':
      return [await startQueueListener(context, { called, trigger })];
    case 'eventhubtrigger':
      return [await startEventHubListener(context, { called, trigger })];
    case 'timertrigger': {
      const listener = await startTimerListener(context, { called, trigger });
      timers.set(name, listener);
      return [listener];
    }
  }
}

/**
 * Every function's trigger is served; one that can't be is named in the log and left out, but where
 * the real host goes down over it.
 */
import { messageOf } from '../../../shared/errors.ts';
import type { AppFunction } from '../app/appFunction.ts';
import { unservedBindings } from '../app/functionMetadata.ts';
import { MissingConnection } from '../settings.ts';
import { type BlobTriggers, blobFunctionsOf, startBlobTriggers } from './blob/blobTriggers.ts';
import { startEventHubListener } from './eventHubs/eventHubListener.ts';
import type { Listener, ListenerContext } from './listener.ts';
import { startQueueListener } from './queue/queueListener.ts';
import { startTimerListener, type TimerListener } from './timer/timerListener.ts';

export interface Listeners {
  readonly all: readonly Listener[];
  /** `undefined` where the app has no blob function. */
  readonly blobs: BlobTriggers | undefined;
  readonly timers: ReadonlyMap<string, TimerListener>;
}

export async function startListeners(
  context: ListenerContext,
  functions: readonly AppFunction[],
): Promise<Listeners> {
  const blobs = blobFunctionsOf(context);
  const timers = new Map<string, TimerListener>();
  for (const { name, problem } of context.functions) {
    if (problem !== undefined) report(context, name, problem);
  }
  for (const called of functions) warnOfBindings(context, called);
  const starting = functions.map(async (called): Promise<Listener[]> => {
    try {
      return await startListener(context, called, { blobs, timers });
    } catch (error) {
      report(context, called.name, messageOf(error));
      // Found too late, on the real host, to leave out that function alone.
      const isFatal =
        called.trigger.type === 'eventhubtrigger' && error instanceof MissingConnection;
      if (isFatal) context.life.fail(messageOf(error));
      return [];
    }
  });
  const all = (await Promise.all(starting)).flat();
  const triggers = await startBlobTriggers(context, blobs.functions).catch(
    async (error: unknown) => {
      await Promise.all(all.map((listener) => listener.stop(0)));
      throw error;
    },
  );
  return { all: triggers ? [...all, triggers] : all, blobs: triggers, timers };
}

function report({ doors, log }: ListenerContext, name: string, problem: string): void {
  doors.problems.set(name, problem);
  log('error', `The function '${name}' is in error: ${problem}`);
}

/** Nobody should have to find out from what did not come. */
function warnOfBindings({ log }: ListenerContext, { name, metadata }: AppFunction): void {
  for (const { type, direction = 'in' } of unservedBindings(metadata)) {
    const what = direction === 'out' ? 'is not written' : 'brings nothing';
    log('warning', `The ${type} binding (${direction}) of '${name}' ${what} on the local host.`);
  }
}

interface Register {
  readonly blobs: ReturnType<typeof blobFunctionsOf>;
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
      blobs.add({ called, trigger });
      return [];
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

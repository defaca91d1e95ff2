/** What the functions host does on command, for tests, the demo and people. */
import { z } from 'zod';
import type { ControlActions } from '../../control/controlHandler.ts';
import type { Invocations } from '../invocations.ts';
import type { HostStats } from '../options.ts';
import { blobControl } from '../triggers/blob/blobControl.ts';
import type { ListenerContext } from '../triggers/listener.ts';
import type { Listeners } from '../triggers/startListeners.ts';

export interface ControlledHost {
  readonly context: ListenerContext;
  readonly listeners: Listeners;
  readonly functionNames: readonly string[];
  readonly stats: () => Promise<HostStats>;
}

export function hostControl(host: ControlledHost): ControlActions {
  const { context, listeners } = host;
  return {
    'GET /control': () => overview(host),
    'GET /control/stats': () => host.stats(),
    'GET /control/invocations': () => shown(context.invocations),
    'POST /control/timers': timerAction(listeners.timers),
    ...blobControl(listeners.blobs),
  };
}

function overview({ context, functionNames }: ControlledHost) {
  const { hostId, dialect, int64Dialect } = context;
  return { hostId, dialect, int64Dialect, functions: functionNames };
}

/** Oldest first; times as people read them. */
function shown(invocations: Invocations) {
  return {
    invocations: invocations.recent().map(({ startedAtMs, endedAtMs, ...invocation }) => ({
      ...invocation,
      startedAt: new Date(startedAtMs).toISOString(),
      endedAt: endedAtMs === undefined ? null : new Date(endedAtMs).toISOString(),
    })),
  };
}

/** Runs a timer now, whatever its schedule says; answers when it is through. */
function timerAction(timers: Listeners['timers']) {
  const command = z.strictObject({ function: z.enum([...timers.keys()]) });
  return async (body: unknown) => {
    const { function: name } = command.parse(body);
    await timers.get(name)?.run();
    return { function: name };
  };
}

/** What the functions host does on command, for tests, the demo and people. */
import { z } from 'zod';
import type { ControlActions } from '../../control/controlHandler.ts';
import type { Invocations } from '../invocations.ts';
import type { HostStats } from '../options.ts';
import { blobControl } from '../triggers/blob/blobControl.ts';
import type { ListenerContext } from '../triggers/listener.ts';
import type { Listeners } from '../triggers/startListeners.ts';
import type { Workers } from '../worker/workers.ts';

export interface ControlledHost {
  readonly context: ListenerContext;
  readonly listeners: Listeners;
  readonly workers: Pick<Workers, 'crash'>;
  readonly stats: () => Promise<HostStats>;
}

export function hostControl(host: ControlledHost): ControlActions {
  const { context, listeners, workers } = host;
  return {
    'GET /control': () => overview(host),
    'GET /control/stats': () => host.stats(),
    'GET /control/invocations': () => shown(context.invocations),
    /** As a fault of the app would; answers when it is gone. */
    'POST /control/worker/crash': async () => {
      await workers.crash();
      return overview(host);
    },
    'POST /control/drain': () => {
      context.life.drain();
      return overview(host);
    },
    'POST /control/timers': timerAction(listeners.timers),
    ...blobControl(listeners.blobs),
  };
}

function overview({ context }: ControlledHost) {
  const { hostId, dialect, int64Dialect, life, functions, doors } = context;
  return {
    hostId,
    state: life.state(),
    errors: life.errors(),
    drain: life.drainState(),
    dialect,
    int64Dialect,
    functions: functions.map(({ name, isDisabled }) => ({
      name,
      isDisabled,
      problem: doors.problems.get(name) ?? null,
    })),
  };
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

/**
 * The end of a process. The host gives the worker five seconds and does not wait for invocations:
 * from the first of them nothing new is begun, and what runs is given four to end by itself.
 */
import type { app } from '@azure/functions';

/** Source: Azure Functions host, WorkerConstants, worker terminate grace period, 2026-11-23: 5 s. */
const patienceMs = 4_000;
/** For closing what may be left open: the rest of the five seconds, less a margin. */
const closingMs = 500;

export type LifetimeHooks = Pick<
  typeof app.hook,
  'preInvocation' | 'postInvocation' | 'appTerminate'
>;

export function processLifetime() {
  const controller = new AbortController();
  let inFlightCount = 0;
  let onIdle = () => {};
  const idle = () =>
    new Promise<void>((resolve) => {
      onIdle = resolve;
      if (inFlightCount === 0) resolve();
    });
  return {
    /** Aborted once the process is to end. */
    stopping: controller.signal,
    endGracefully(hooks: LifetimeHooks, close: () => Promise<void>): void {
      hooks.preInvocation(() => {
        inFlightCount += 1;
      });
      hooks.postInvocation(() => {
        inFlightCount -= 1;
        if (inFlightCount === 0) onIdle();
      });
      hooks.appTerminate(async () => {
        controller.abort();
        await within(patienceMs, idle());
        await within(closingMs, close());
      });
    },
  };
}

/** Of this process. */
export const lifetime = processLifetime();

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

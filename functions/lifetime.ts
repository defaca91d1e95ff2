/**
 * The end of a process. The host gives the worker five seconds and does not wait for invocations:
 * from the first of them nothing new is begun, and what runs is given four to end by itself. What
 * telemetry has left is sent in the rest, or in three where the photos are done sooner.
 */
import type { app } from '@azure/functions';

/** Source: Azure Functions host, WorkerConstants, worker terminate grace period, 2026-11-23: 5 s. */
const patienceMs = 4_000;
/** All of it: the five seconds, less a margin. */
const endMs = 4_500;
const longestFlushMs = 3_000;
/** For what the flush has to say of itself. */
const sayMs = 50;

export type LifetimeHooks = Pick<
  typeof app.hook,
  'preInvocation' | 'postInvocation' | 'appTerminate'
>;

export interface Endings {
  /** What may be left open. */
  readonly close: () => Promise<void>;
  /** What was told and not sent yet. */
  readonly flush: (limitMs: number) => Promise<void>;
}

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
    endGracefully(hooks: LifetimeHooks, { close, flush }: Endings): void {
      hooks.preInvocation(() => {
        inFlightCount += 1;
      });
      hooks.postInvocation(() => {
        inFlightCount -= 1;
        if (inFlightCount === 0) onIdle();
      });
      hooks.appTerminate(async () => {
        const endAtMs = performance.now() + endMs;
        controller.abort();
        await within(patienceMs, idle());
        const leftMs = Math.min(longestFlushMs, endAtMs - performance.now());
        await within(leftMs, Promise.all([close(), flush(leftMs - sayMs)]));
      });
    },
  };
}

/** Of this process. */
export const lifetime = processLifetime();

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

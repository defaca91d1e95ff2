/** Looks for work again and again: at once while there is some, ever less often while there is none. */

/** `found`: look again soon. `quiet`: nothing there. `busy`: nothing was asked, hands are full. */
export type Look = 'found' | 'quiet' | 'busy';

const failedPauseMs = 1_000;

export interface PollerOptions {
  readonly look: () => Promise<Look>;
  /** Pause after a look that found something. */
  readonly foundPauseMs: number;
  readonly minPauseMs: number;
  readonly maxPauseMs: number;
  /** A look is followed by so many times its duration, woken or not. Default: 0. */
  readonly restPerLook?: number;
  readonly onError: (error: unknown) => void;
}

export interface Poller {
  /** Looks at once, or when it has rested. */
  readonly wake: () => void;
  /** Resolves after a look that began from now on and found nothing. */
  readonly settle: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface State {
  isStopped: boolean;
  lookCount: number;
  /** The number of the last look that found nothing. */
  lastQuietLook: number;
  wake: PromiseWithResolvers<void>;
  readonly stopped: PromiseWithResolvers<void>;
  looked: PromiseWithResolvers<void>;
}

export function poller(options: PollerOptions): Poller {
  const state: State = {
    isStopped: false,
    lookCount: 0,
    lastQuietLook: 0,
    wake: Promise.withResolvers(),
    stopped: Promise.withResolvers(),
    looked: Promise.withResolvers(),
  };
  const looping = loop(options, state);
  return {
    wake: () => state.wake.resolve(),
    async settle() {
      const since = state.lookCount;
      state.wake.resolve();
      while (!state.isStopped && state.lastQuietLook <= since) await state.looked.promise;
    },
    async stop() {
      state.isStopped = true;
      state.stopped.resolve();
      state.wake.resolve();
      await looping;
      state.looked.resolve();
    },
  };
}

async function loop(options: PollerOptions, state: State): Promise<void> {
  const { foundPauseMs, minPauseMs, maxPauseMs, restPerLook = 0 } = options;
  let quietPauseMs = minPauseMs;
  while (!state.isStopped) {
    const lookedAtMs = performance.now();
    const seen = await lookOnce(options, state);
    const restMs = (performance.now() - lookedAtMs) * restPerLook;
    await rest(state, restMs);
    quietPauseMs = seen === 'quiet' ? Math.min(maxPauseMs, quietPauseMs * 2) : minPauseMs;
    const pausesMs = {
      quiet: quietPauseMs,
      found: foundPauseMs,
      busy: minPauseMs,
      failed: failedPauseMs,
    };
    await pause(state, pausesMs[seen] - restMs);
  }
}

async function lookOnce({ look, onError }: PollerOptions, state: State): Promise<Look | 'failed'> {
  state.lookCount += 1;
  try {
    const seen = await look();
    if (seen === 'quiet') state.lastQuietLook = state.lookCount;
    return seen;
  } catch (error) {
    if (!state.isStopped) onError(error);
    return 'failed';
  } finally {
    state.looked.resolve();
    state.looked = Promise.withResolvers();
  }
}

async function rest({ stopped }: State, restMs: number): Promise<void> {
  if (restMs <= 0) return;
  const rested = Promise.withResolvers<void>();
  const timer = setTimeout(rested.resolve, restMs);
  await Promise.race([rested.promise, stopped.promise]);
  clearTimeout(timer);
}

async function pause(state: State, pauseMs: number): Promise<void> {
  if (pauseMs > 0) {
    const timer = setTimeout(() => state.wake.resolve(), pauseMs);
    await state.wake.promise;
    clearTimeout(timer);
  }
  if (!state.isStopped) state.wake = Promise.withResolvers();
}

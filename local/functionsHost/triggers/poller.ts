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
  readonly onError: (error: unknown) => void;
}

export interface Poller {
  /** Looks at once. */
  wake(): void;
  /** Resolves after a look that began from now on and found nothing. */
  readonly settle: () => Promise<void>;
  stop(): Promise<void>;
}

export function poller(options: PollerOptions): Poller {
  const { look, foundPauseMs, minPauseMs, maxPauseMs, onError } = options;
  let isStopped = false;
  let lookCount = 0;
  let lastQuietLook = 0;
  let wake = Promise.withResolvers<void>();
  let looked = Promise.withResolvers<void>();

  async function lookOnce(): Promise<Look | 'failed'> {
    lookCount += 1;
    try {
      const seen = await look();
      if (seen === 'quiet') lastQuietLook = lookCount;
      return seen;
    } catch (error) {
      if (!isStopped) onError(error);
      return 'failed';
    } finally {
      looked.resolve();
      looked = Promise.withResolvers();
    }
  }

  async function pause(pauseMs: number): Promise<void> {
    if (pauseMs > 0) {
      const timer = setTimeout(() => wake.resolve(), pauseMs);
      await wake.promise;
      clearTimeout(timer);
    }
    if (!isStopped) wake = Promise.withResolvers();
  }

  async function loop(): Promise<void> {
    let quietPauseMs = minPauseMs;
    while (!isStopped) {
      const seen = await lookOnce();
      quietPauseMs = seen === 'quiet' ? Math.min(maxPauseMs, quietPauseMs * 2) : minPauseMs;
      const pausesMs = { quiet: quietPauseMs, found: foundPauseMs, busy: minPauseMs };
      await pause(seen === 'failed' ? failedPauseMs : pausesMs[seen]);
    }
  }

  const looping = loop();
  return {
    wake: () => wake.resolve(),
    async settle() {
      const since = lookCount;
      wake.resolve();
      while (!isStopped && lastQuietLook <= since) await looked.promise;
    },
    async stop() {
      isStopped = true;
      wake.resolve();
      await looping;
      looked.resolve();
    },
  };
}

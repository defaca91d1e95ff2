/** What the host as a whole is up to: its routes tell, its triggers may bring it down. */

export type HostState = 'Running' | 'Error' | 'Stopping';
export type DrainState = 'Disabled' | 'InProgress' | 'Completed';

export interface HostLife {
  state(): HostState;
  /** Why it is in error. */
  errors(): readonly string[];
  /** The host stays up but serves nothing any more: every route answers 503. */
  fail(reason: string): void;
  /** Takes nothing new from the triggers; HTTP goes on. */
  drain(): void;
  drainState(): DrainState;
}

export interface HostLifeOptions {
  /** Stops the triggers; resolves when what they had taken is through. Called once. */
  readonly stopListeners: () => Promise<unknown>;
  readonly onFailure: (reason: string) => void;
  readonly onShutDown: (reason: string) => void;
}

export interface OwnedHostLife extends HostLife {
  /** The triggers' end, begun where it hasn't. */
  drained(): Promise<unknown>;
  stopping(): void;
  /** The host ends by itself, running calls with it. */
  shutDown(reason: string): void;
}

export function hostLife(options: HostLifeOptions): OwnedHostLife {
  const reasons: string[] = [];
  let state: HostState = 'Running';
  let drainState: DrainState = 'Disabled';
  let draining: Promise<unknown> | undefined;

  const drained = () => (draining ??= options.stopListeners());

  async function finishDraining(): Promise<void> {
    await drained();
    drainState = 'Completed';
  }

  return {
    state: () => state,
    errors: () => reasons,
    fail(reason) {
      reasons.push(reason);
      if (state !== 'Running') return;
      state = 'Error';
      options.onFailure(reason);
    },
    shutDown(reason) {
      if (state !== 'Stopping') options.onShutDown(reason);
    },
    drain() {
      if (drainState !== 'Disabled') return;
      drainState = 'InProgress';
      void finishDraining();
    },
    drainState: () => drainState,
    drained,
    stopping() {
      state = 'Stopping';
    },
  };
}

/** A host whose settings are still to come: its worker process and its modules are on their way. */
import type { FunctionsHost, FunctionsHostOptions } from './options.ts';
import { startFunctionsHost } from './startFunctionsHost.ts';
import { blankWorker } from './worker/blankWorker.ts';

export interface PreparedHost<Host extends FunctionsHost = FunctionsHost> {
  /** @throws Error with the reason when the host can't start or its process dies. */
  start(options: Omit<FunctionsHostOptions, 'onLog'>): Promise<Host>;
  /** For one that is not needed after all. */
  discard(): Promise<void>;
}

/** @param settings - what of them is known already. */
export function prepareFunctionsHost(
  onLog: FunctionsHostOptions['onLog'],
  settings: FunctionsHostOptions['settings'] = {},
): PreparedHost {
  const blank = blankWorker(settings);
  // Most of what a host needs is loaded while its options are still on their way.
  void import('./serveApp.ts');
  return {
    start: (options) => startFunctionsHost({ ...options, onLog }, blank),
    discard: () => blank.discard(),
  };
}

/** The quota as the fleet has written it down, for operators: to look at, to pause and to resume. */
import type { QuotaLimits } from './limits.ts';
import { notOurs, setPause } from './pause.ts';
import { broughtTo, type QuotaState, readState } from './quotaState.ts';
import type { QuotaStore } from './quotaStore.ts';

export interface FleetQuota {
  /**
   * @returns `undefined` where nobody has called yet.
   * @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID`
   */
  read(): Promise<QuotaState | undefined>;
  /**
   * @param reason - empty resumes; cut to 32 bytes.
   * @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID`
   */
  pause(reason: string): Promise<QuotaState>;
}

export function fleetQuota(
  store: QuotaStore,
  limits: QuotaLimits,
  nowMs: () => number,
): FleetQuota {
  return {
    async read() {
      const { found } = await store.get();
      if (!found) return undefined;
      const state = readState(found.text);
      if (!state) throw notOurs(store.path);
      return broughtTo(state, nowMs());
    },
    pause: (reason) => setPause(store, reason, limits, nowMs()),
  };
}

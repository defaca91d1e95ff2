/** Whether everything a photo needs can be reached, part by part. */
import { messageOf, PipelineError } from '../errors.ts';
import type { QuotaStats } from '../quota/quotaStats.ts';
import type { PipelineDeps } from './deps.ts';

export interface PartState {
  readonly ok: boolean;
  /** A code, safe to show to anybody. */
  readonly code?: string;
}

export type Readiness = Readonly<
  Record<'photos' | 'results' | 'deferrals' | 'events' | 'prediction' | 'quota', PartState>
>;

/** The endpoint is not called (that would cost quota): the breaker tells what the last calls saw. */
export async function checkReadiness(deps: PipelineDeps, signal: AbortSignal): Promise<Readiness> {
  const [photos, results, deferrals, events] = await Promise.all([
    stateOf(deps.photos.ping(signal)),
    stateOf(deps.outcomes.ping(signal)),
    stateOf(deps.deferrals.ping(signal)),
    stateOf(deps.events.ping(signal)),
  ]);
  const gate = deps.predictor.gate?.state();
  const prediction = gate?.open ? { ok: false, code: gate.code ?? 'BREAKER_OPEN' } : { ok: true };
  return { photos, results, deferrals, events, prediction, quota: quotaState(deps.quota.stats()) };
}

/** Paused, spent or by itself: photos are kept, but don't go as they should. */
function quotaState({ mode }: QuotaStats): PartState {
  return mode === 'shared' || mode === 'unlimited'
    ? { ok: true }
    : { ok: false, code: `QUOTA_${mode.toUpperCase()}` };
}

async function stateOf(ping: Promise<void>): Promise<PartState> {
  try {
    await ping;
    return { ok: true };
  } catch (error) {
    return { ok: false, code: error instanceof PipelineError ? error.code : messageOf(error) };
  }
}

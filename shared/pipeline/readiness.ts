/** Whether everything a photo needs can be reached, part by part. */
import { messageOf, PipelineError } from '../errors.ts';
import type { PipelineDeps } from './deps.ts';

export interface PartState {
  readonly ok: boolean;
  /** A code, safe to show to anybody. */
  readonly code?: string;
}

export type Readiness = Readonly<
  Record<'photos' | 'results' | 'deferrals' | 'events' | 'prediction', PartState>
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
  return { photos, results, deferrals, events, prediction };
}

async function stateOf(ping: Promise<void>): Promise<PartState> {
  try {
    await ping;
    return { ok: true };
  } catch (error) {
    return { ok: false, code: error instanceof PipelineError ? error.code : messageOf(error) };
  }
}

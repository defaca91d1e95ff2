/** What work to come will take: calls, time at the present quota, and money. */

import type { Composition } from '../../functions/compose.ts';
import { type DrainEstimate, drainEstimate } from '../../shared/quota/drainEstimate.ts';
import type { Lane } from '../../shared/quota/lanes.ts';
import { presentStats as fleetStats } from '../../shared/quota/presentStats.ts';
import type { QuotaStats } from '../../shared/quota/quotaStats.ts';
import type { Asked } from '../command.ts';
import { numberFlag } from './flags.ts';

export interface Forecast {
  readonly callCount: number;
  readonly callsPerSecond: number;
  readonly time: DrainEstimate;
  readonly costUsd: number;
}

/** Source: "Custom Vision pricing", per 1,000 transactions on S0, 2026-11-23; `--price` says another. */
const defaultPriceUsd = 2;

/** Of 1,000 calls. @throws Error naming the option: the command was called wrongly */
export function priceOf({ flags }: Asked): number {
  return numberFlag(flags, 'price') ?? defaultPriceUsd;
}

/** @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID` */
export async function forecast(
  composed: Composition,
  lane: Lane,
  callCount: number,
  priceUsd: number,
): Promise<Forecast> {
  const { quota, clock } = composed.deps;
  const stats = await presentStats(composed);
  const time =
    stats.mode === 'unlimited'
      ? quota.timeToDrain({ [lane]: callCount })
      : drainEstimate(
          stats,
          composed.settings.QUOTA_LANE_WEIGHTS,
          { [lane]: callCount },
          clock.nowMs(),
        );
  const costUsd = (callCount / 1_000) * priceUsd;
  return { callCount, callsPerSecond: stats.perSecond, time, costUsd };
}

/** @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID` */
export async function presentStats({ deps, fleetQuota }: Composition): Promise<QuotaStats> {
  return fleetStats(deps.quota.stats(), await fleetQuota?.read(), deps.clock.nowMs());
}

export function forecastLines({ callCount, callsPerSecond, time, costUsd }: Forecast): string[] {
  const rate = Number.isFinite(callsPerSecond)
    ? `${callsPerSecond.toFixed(1)} calls/s`
    : 'no quota';
  const lasts =
    time.kind === 'drains'
      ? `${duration(time.expectedMs)} expected, ${duration(time.upperMs)} at most if the rate has to give way (${rate})`
      : `nobody can say before the pause is lifted: ${time.reason}`;
  return [`calls    ${callCount}`, `time     ${lasts}`, `cost     ${costUsd.toFixed(2)} USD`];
}

function duration(durationMs: number): string {
  const seconds = Math.ceil(durationMs / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

/** What a run of the simulator is about. Times are virtual. */
import type { Lane } from '../../shared/quota/lanes.ts';
import type { EndpointModel } from './endpoint.ts';

export interface Scenario {
  readonly instanceCount: number;
  /** Photos arriving, as a multiple of the quota, by lane. */
  readonly load: Partial<Record<Lane, number>>;
  readonly model: EndpointModel;
  /** Set in the app. */
  readonly quotaPerSecond: number;
  /** Granted by the service. */
  readonly truePerSecond: number;
  readonly foreignPerSecond: number;
  /** So many photos at once when measuring begins. */
  readonly burstCount: number;
  readonly outage: Span | undefined;
  readonly crash: Crash | undefined;
  /** How far the clock of each instance is off. */
  readonly skew: 'none' | 'twoSeconds' | 'oneMinute';
  /** Each instance serves one lane only. */
  readonly isDedicated: boolean;
  /** After that the first lane falls silent. */
  readonly silentAtMs: number | undefined;
  readonly warmMs: number;
  readonly endMs: number;
  readonly seed: number;
}

export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface Crash {
  readonly atMs: number;
  readonly ratio: number;
}

export const everyday: Scenario = {
  instanceCount: 16,
  load: { live: 2 },
  model: { window: 'bucket', burstCount: 10, refusedCosts: false },
  quotaPerSecond: 10,
  truePerSecond: 10,
  foreignPerSecond: 0,
  burstCount: 0,
  outage: undefined,
  crash: undefined,
  skew: 'none',
  isDedicated: false,
  silentAtMs: undefined,
  warmMs: 60_000,
  endMs: 240_000,
  seed: 1,
};

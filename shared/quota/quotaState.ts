/**
 * What the fleet knows together, in one small document per prediction resource. Fields may be added
 * and unknown ones are kept, so that two versions of the app can share it.
 */
import * as z from 'zod';
import { decayed, lanes, mapLanes, noLane, type PerLane } from './lanes.ts';
import type { QuotaLimits } from './limits.ts';

export interface QuotaState {
  /** Theoretical arrival time: the first instant nobody has reserved yet. It never falls. */
  readonly tatMs: number;
  /** Calls per second at present. */
  readonly perSecond: number;
  /** Counts rate cuts: only answers to slots of the present generation may change the rate. */
  readonly generation: number;
  /** The rate before the latest cut; 0 where there was none. */
  readonly refusedPerSecond: number;
  /** Answers of this generation since `windowStartMs`. */
  readonly okCount: number;
  readonly refusedCount: number;
  readonly windowStartMs: number;
  /** UTC, `yyyy-MM`, and the slots given in it. */
  readonly month: string;
  readonly usedCount: number;
  /** The service has said that the month is spent; 0 where it has not. */
  readonly exhaustedUntilMs: number;
  /** Slots given of late by lane, fading; as of `useAtMs`. */
  readonly use: PerLane;
  readonly useAtMs: number;
  /** Why nobody may call at present; empty where everybody may. */
  readonly pausedBecause: string;
  /** What a newer version has added. */
  readonly unknown?: Readonly<Record<string, unknown>>;
}

/** Longest reason for a pause: the document stays below 256 bytes. */
export const maxReasonBytes = 32;

export function monthOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 7);
}

/** The 1st of this month, 00:00 UTC. */
export function monthStartMs(atMs: number): number {
  const date = new Date(atMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/** The 1st of the next month, 00:00 UTC. */
export function monthEndMs(atMs: number): number {
  const date = new Date(atMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

export function firstState(nowMs: number, { maxPerSecond }: QuotaLimits): QuotaState {
  return {
    tatMs: 0,
    perSecond: maxPerSecond,
    generation: 0,
    refusedPerSecond: 0,
    okCount: 0,
    refusedCount: 0,
    windowStartMs: nowMs,
    month: monthOf(nowMs),
    usedCount: 0,
    exhaustedUntilMs: 0,
    use: noLane,
    useAtMs: nowMs,
    pausedBecause: '',
  };
}

/** The state as it is at `nowMs`: use has faded, a new month has begun. */
export function broughtTo(state: QuotaState, nowMs: number): QuotaState {
  const month = monthOf(nowMs);
  // A clock a little behind must not bring back the month that has just ended.
  const isNewMonth = month > state.month;
  return {
    ...state,
    ...(isNewMonth && { month, usedCount: 0, exhaustedUntilMs: 0 }),
    use: decayed(state.use, nowMs - state.useAtMs),
    useAtMs: Math.max(state.useAtMs, nowMs),
  };
}

const count = z.number().int().min(0);

const documentSchema = z.looseObject({
  v: z.literal(1),
  tat: z.number().min(0),
  rate: z.number().positive(),
  gen: count,
  bad: z.number().min(0).default(0),
  ok: count,
  rej: count,
  w0: z.number(),
  month: z.string().regex(/^\d{4}-\d{2}$/),
  used: count,
  end: z.number().min(0).default(0),
  lanes: z.array(z.number().min(0)).default([]),
  at: z.number().default(0),
  pause: z.string().default(''),
});

/** @returns `undefined` for what is no state of ours. */
export function readState(text: string): QuotaState | undefined {
  const parsed = documentSchema.safeParse(jsonOf(text));
  if (!parsed.success) return undefined;
  const {
    v: _v,
    tat,
    rate,
    gen,
    bad,
    ok,
    rej,
    w0,
    month,
    used,
    end,
    at,
    pause,
    ...rest
  } = parsed.data;
  const { lanes: use, ...unknown } = rest;
  return {
    tatMs: tat,
    perSecond: rate,
    generation: gen,
    refusedPerSecond: bad,
    okCount: ok,
    refusedCount: rej,
    windowStartMs: w0,
    month,
    usedCount: used,
    exhaustedUntilMs: end,
    use: mapLanes((lane) => use[lanes.indexOf(lane)] ?? 0),
    useAtMs: at,
    pausedBecause: pause,
    ...(Object.keys(unknown).length > 0 && { unknown }),
  };
}

export function writeState(state: QuotaState): string {
  return JSON.stringify({
    v: 1,
    // Upwards: rounding never gives a slot away twice.
    tat: Math.ceil(state.tatMs * 100) / 100,
    rate: Number(state.perSecond.toFixed(4)),
    gen: state.generation,
    ...(state.refusedPerSecond > 0 && { bad: Number(state.refusedPerSecond.toFixed(2)) }),
    ok: state.okCount,
    rej: state.refusedCount,
    w0: Math.round(state.windowStartMs),
    month: state.month,
    used: state.usedCount,
    ...(state.exhaustedUntilMs > 0 && { end: Math.ceil(state.exhaustedUntilMs) }),
    lanes: lanes.map((lane) => Number(state.use[lane].toFixed(1))),
    at: Math.round(state.useAtMs),
    ...(state.pausedBecause !== '' && { pause: state.pausedBecause }),
    ...state.unknown,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * When the month's calls will be spent, with an interval: from how many went out in each of the past
 * days. Days differ from each other far more than chance alone would have it, so the interval comes
 * from the days, by Student's t, and not from the count.
 */

/** How many calls of its month had gone out at an instant. */
export interface UsageReading {
  readonly atMs: number;
  readonly usedCount: number;
}

export interface ExhaustionForecast {
  readonly expectedMs: number;
  /** 19 times out of 20 it is not sooner. */
  readonly lowerMs: number;
  /** 19 times out of 20 it is not later; infinite where it may never be. */
  readonly upperMs: number;
}

/** Two-sided 95 % by degrees of freedom, from 1. Source: table of Student's t, read 2026-11-25. */
const tQuantiles = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16];

/**
 * @param readings - of past days, the present one last; readings of another month are left out.
 * @param monthStartMs - when the present month began, with nothing used.
 * @returns milliseconds from the last reading; `undefined` where nothing has been used.
 */
export function forecastExhaustion(
  readings: readonly UsageReading[],
  monthStartMs: number,
  monthlyCallCount: number,
): ExhaustionForecast | undefined {
  const ofMonth = readings.filter(({ atMs }) => atMs > monthStartMs);
  const last = ofMonth.at(-1);
  if (!last || last.usedCount <= 0) return undefined;
  const leftCount = Math.max(0, monthlyCallCount - last.usedCount);
  const pace = paceOf([{ atMs: monthStartMs, usedCount: 0 }, ...ofMonth]);
  const timeMs = (perMs: number) => (perMs > 0 ? leftCount / perMs : Number.POSITIVE_INFINITY);
  return {
    expectedMs: timeMs(pace.perMs),
    lowerMs: timeMs(pace.perMs + pace.marginPerMs),
    upperMs: timeMs(pace.perMs - pace.marginPerMs),
  };
}

interface Pace {
  readonly perMs: number;
  readonly marginPerMs: number;
}

function paceOf(readings: readonly UsageReading[]): Pace {
  const rates = readings.slice(1).map(({ atMs, usedCount }, index) => {
    const before = readings[index] ?? { atMs, usedCount };
    const lastedMs = Math.max(1, atMs - before.atMs);
    return { lastedMs, perMs: Math.max(0, usedCount - before.usedCount) / lastedMs };
  });
  const lastedMs = rates.reduce((sum, rate) => sum + rate.lastedMs, 0);
  const callCount = rates.reduce((sum, rate) => sum + rate.perMs * rate.lastedMs, 0);
  const perMs = callCount / lastedMs;
  // One stretch says nothing of how days differ: what chance alone makes of a count is the least.
  const byChance = (1.96 * Math.sqrt(callCount)) / lastedMs;
  if (rates.length < 2) return { perMs, marginPerMs: Math.max(byChance, perMs / 2) };
  const spread = rates.reduce(
    (sum, rate) => sum + (rate.lastedMs / lastedMs) * (rate.perMs - perMs) ** 2,
    0,
  );
  const freedom = rates.length - 1;
  const quantile = tQuantiles[Math.min(freedom, tQuantiles.length) - 1] ?? 2;
  return { perMs, marginPerMs: Math.max(byChance, quantile * Math.sqrt(spread / freedom)) };
}

const dayMs = 24 * 3_600_000;
/** A month and a little. */
const maxReadingCount = 32;

/** Keeps one reading for each day that is past, and the present one. */
export function withReading(
  readings: readonly UsageReading[],
  present: UsageReading,
): readonly UsageReading[] {
  const [beforeLast, last] = [readings.at(-2), readings.at(-1)];
  const isSameDay =
    beforeLast && last && Math.floor(last.atMs / dayMs) === Math.floor(present.atMs / dayMs);
  const past = isSameDay ? readings.slice(0, -1) : readings;
  return [...past, present].slice(-maxReadingCount);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecastExhaustion, withReading } from '../../../shared/quota/exhaustion.ts';
import { readUsage, writeUsage } from '../../../shared/quota/usageReadings.ts';

const dayMs = 24 * 3_600_000;
const monthStartMs = Date.parse('2026-11-01T00:00:00Z');

/** @param perDay - calls of each day of the month so far. */
function readingsOf(...perDay: number[]) {
  let usedCount = 0;
  return perDay.map((count, day) => {
    usedCount += count;
    return { atMs: monthStartMs + (day + 1) * dayMs, usedCount };
  });
}

describe('the forecast of when the month is spent', () => {
  it('goes on at the pace so far, with an interval from how the days differ', () => {
    const forecast = forecastExhaustion(readingsOf(200, 300, 250, 250), monthStartMs, 10_000);

    // 1,000 in four days: 9,000 are left for 36 days.
    expect(forecast?.expectedMs).toBeCloseTo(36 * dayMs, -3);
    expect((forecast?.lowerMs ?? 0) / dayMs).toBeGreaterThan(25);
    expect((forecast?.lowerMs ?? 0) / dayMs).toBeLessThan(30);
    expect((forecast?.upperMs ?? 0) / dayMs).toBeGreaterThan(42);
  });

  it('promises little after the first stretch, and nothing where nothing was used', () => {
    const [first] = readingsOf(500);
    const forecast = forecastExhaustion(first ? [first] : [], monthStartMs, 10_000);

    expect((forecast?.expectedMs ?? 0) / dayMs).toBeCloseTo(19, 6);
    expect((forecast?.upperMs ?? 0) / (forecast?.lowerMs ?? 1)).toBeGreaterThan(2);
    expect(forecastExhaustion([], monthStartMs, 10_000)).toBeUndefined();
    expect(forecastExhaustion(readingsOf(0, 0), monthStartMs, 10_000)).toBeUndefined();
  });

  it('leaves out what was used in another month', () => {
    const before = { atMs: monthStartMs - dayMs, usedCount: 9_999 };
    const readings = readingsOf(100, 100);

    expect(forecastExhaustion([before, ...readings], monthStartMs, 10_000)).toEqual(
      forecastExhaustion(readings, monthStartMs, 10_000),
    );
  });

  it('says now where all is spent', () => {
    expect(forecastExhaustion(readingsOf(6_000, 6_000), monthStartMs, 10_000)).toMatchObject({
      expectedMs: 0,
      lowerMs: 0,
    });
  });

  it('never lets the expected leave its interval', () => {
    const days = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(days, (perDay) => {
        const forecast = forecastExhaustion(readingsOf(...perDay), monthStartMs, 200_000);
        if (!forecast) return;
        expect(forecast.lowerMs).toBeLessThanOrEqual(forecast.expectedMs);
        expect(forecast.upperMs).toBeGreaterThanOrEqual(forecast.expectedMs);
      }),
    );
  });
});

describe('the readings of use', () => {
  it('keep one of each past day, and the present one', () => {
    const at = (hours: number) => ({ atMs: monthStartMs + hours * 3_600_000, usedCount: hours });
    const kept = [1, 5, 23, 25, 47, 49, 50].reduce(
      (readings, hours) => withReading(readings, at(hours)),
      withReading([], at(0.5)),
    );

    expect(kept.map(({ usedCount }) => usedCount)).toEqual([0.5, 23, 47, 50]);
  });

  it('read what they wrote, and forget what is no reading', () => {
    const readings = readingsOf(5, 7);

    expect(readUsage(writeUsage(readings))).toEqual(readings);
    expect(readUsage('{"torn')).toEqual([]);
    expect(readUsage('[{"atMs":"x"}]')).toEqual([]);
    expect(readUsage(undefined)).toEqual([]);
  });
});

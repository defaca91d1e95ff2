import { describe, expect, it } from 'vitest';
import { presentStats } from '../../../shared/quota/presentStats.ts';
import { oneProcess } from '../../helpers/governed.ts';
import { even, noonMs, stateWith } from '../../helpers/quota.ts';

const own = oneProcess({ limits: { ...even, monthlyCallCount: 100 } }).process.stats();
const firstOfDecemberMs = Date.parse('2026-12-01');

describe('the quota at present', () => {
  it('is what the fleet has written down, where that is anything', () => {
    const written = stateWith({ perSecond: 4, tatMs: noonMs + 7_000, usedCount: 40 });

    expect(presentStats(own, undefined, noonMs)).toBe(own);
    expect(presentStats(own, written, noonMs)).toMatchObject({
      mode: 'shared',
      perSecond: 4,
      reservedAheadMs: 7_000,
      headroomRatio: 0.5,
      usedThisMonthCount: 40,
    });
  });

  it('is spent until the 1st once the fleet has given as many slots as the month has', () => {
    expect(presentStats(own, stateWith({ usedCount: 100 }), noonMs)).toMatchObject({
      mode: 'exhausted',
      blockedUntilMs: firstOfDecemberMs,
    });
  });

  it('is spent for as long as the service has said', () => {
    const exhaustedUntilMs = noonMs + 60_000;

    expect(presentStats(own, stateWith({ exhaustedUntilMs }), noonMs)).toMatchObject({
      mode: 'exhausted',
      blockedUntilMs: exhaustedUntilMs,
    });
  });

  it('is paused by the fleet, or by this process alone', () => {
    const alone = { ...own, mode: 'paused', pausedBecause: 'here' } as const;

    expect(presentStats(own, stateWith({ pausedBecause: 'all' }), noonMs)).toMatchObject({
      mode: 'paused',
      pausedBecause: 'all',
    });
    expect(presentStats(alone, stateWith(), noonMs)).toMatchObject({
      mode: 'paused',
      pausedBecause: 'here',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { corrected, counted, noTally, settling, untold } from '../../../shared/quota/correction.ts';
import { even, noonMs, stateWith } from '../../helpers/quota.ts';

const later = noonMs + 5_000;
const tally = (okCount: number, refusedCount: number, generation = 0) => ({
  generation,
  okCount,
  refusedCount,
});

describe('the rate', () => {
  it('falls by the share that was refused, and a new generation begins', () => {
    expect(corrected(stateWith(), tally(24, 6), later, even)).toMatchObject({
      perSecond: 8,
      generation: 1,
      refusedPerSecond: 10,
      okCount: 0,
      refusedCount: 0,
      windowStartMs: later,
    });
  });

  it('is judged on thirty answers and five seconds, not on fewer', () => {
    expect(corrected(stateWith(), tally(0, 29), later, even)).toMatchObject({
      perSecond: 10,
      refusedCount: 29,
    });
    expect(corrected(stateWith(), tally(0, 30), later - 1, even)).toMatchObject({
      perSecond: 10,
      refusedCount: 30,
    });
  });

  it('rises by half a hundredth where at most two in a hundred are refused, up to what is granted', () => {
    const rise = (perSecond: number, refusedCount = 2) =>
      corrected(stateWith({ perSecond }), tally(98, refusedCount), later, even).perSecond;

    expect(rise(9)).toBeCloseTo(9.045);
    expect(rise(9.96)).toBe(10);
    expect(rise(9, 3)).toBeLessThan(9);
  });

  it('rises a little faster far below the rate that was last refused', () => {
    const state = stateWith({ perSecond: 5, refusedPerSecond: 10 });

    expect(corrected(state, tally(30, 0), later, even).perSecond).toBeCloseTo(5.15);
    expect(corrected(state, tally(99, 1), later, even).perSecond).toBeCloseTo(5.025);
  });

  it('never falls below a tenth of what is granted', () => {
    expect(corrected(stateWith(), tally(0, 30), later, even).perSecond).toBe(1);
  });

  it('does not listen to refusals of slots from before the latest cut', () => {
    const state = stateWith({ generation: 3 });

    expect(corrected(state, tally(0, 500, 2), later, even)).toMatchObject({
      perSecond: 10,
      refusedCount: 0,
    });
  });

  it('follows at once where less is granted than before', () => {
    expect(corrected(stateWith({ perSecond: 20 }), noTally, noonMs, even).perSecond).toBe(10);
  });

  it('is not judged for ten seconds after the store was away', () => {
    const back = settling(stateWith({ refusedCount: 40 }), noonMs);

    expect(corrected(back, tally(0, 50), noonMs + 9_999, even)).toMatchObject({
      perSecond: 10,
      refusedCount: 0,
    });
    expect(corrected(back, tally(0, 50), noonMs + 15_000, even).perSecond).toBe(1);
  });
});

describe('a tally', () => {
  it('starts anew with a newer generation and ignores an older one', () => {
    const newer = counted(counted(noTally, 0, true), 1, false);

    expect(newer).toEqual(tally(1, 0, 1));
    expect(counted(newer, 0, true)).toEqual(newer);
  });

  it('keeps what came in while it was being told', () => {
    const told = tally(3, 1);
    const now = counted(told, 0, true);

    expect(untold(now, told, 0)).toEqual(tally(0, 1));
  });

  it('is void once the rate was cut', () => {
    expect(untold(tally(9, 9), tally(3, 1), 1)).toEqual(tally(0, 0, 1));
  });
});

import { describe, expect, it } from 'vitest';
import { rateWindow, type WindowKind } from '../../../local/predictionEndpoint/rules/rateWindow.ts';

/** What each call at these instants is told to wait. */
function waitsMs(kind: WindowKind, atMs: readonly number[], countsRefused = false): number[] {
  const window = rateWindow(kind, 2, countsRefused);
  return atMs.map((each) => window.take(each));
}

describe('a sliding window', () => {
  it('frees a slot one second after the call that took it', () => {
    expect(waitsMs('sliding', [0, 400, 900, 999, 1_000, 1_001])).toEqual([0, 0, 100, 1, 0, 399]);
  });

  it('never lets more than the rate pass around the edge of a second', () => {
    expect(waitsMs('sliding', [990, 995, 1_005, 1_010])).toEqual([0, 0, 985, 980]);
  });

  it('stays shut for a caller that keeps knocking, where refused calls count', () => {
    expect(waitsMs('sliding', [0, 0, 400, 800, 1_200, 1_600], true)).toEqual([
      0, 0, 600, 600, 600, 600,
    ]);
  });
});

describe('a fixed window', () => {
  it('lets twice the rate pass around its edge', () => {
    expect(waitsMs('fixed', [990, 995, 999, 1_000, 1_001, 1_002])).toEqual([0, 0, 1, 0, 0, 998]);
  });
});

describe('a token bucket', () => {
  it('starts full and fills at the rate', () => {
    expect(waitsMs('bucket', [0, 0, 0, 499, 500, 501])).toEqual([0, 0, 500, 1, 0, 499]);
  });

  it('never holds more than one second of calls', () => {
    expect(waitsMs('bucket', [0, 60_000, 60_000, 60_000])).toEqual([0, 0, 0, 500]);
  });

  it('goes into debt where refused calls count, by one second at most', () => {
    expect(waitsMs('bucket', [0, 0, 0, 0, 0, 0], true)).toEqual([0, 0, 1_000, 1_500, 1_500, 1_500]);
  });
});

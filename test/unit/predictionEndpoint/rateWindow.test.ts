import { describe, expect, it } from 'vitest';
import { rateWindow, type WindowKind } from '../../../local/predictionEndpoint/rules/rateWindow.ts';

interface Options {
  readonly countsRefused?: boolean;
  readonly burst?: number;
}

/** What each call at these instants is told to wait. */
function waitsMs(
  kind: WindowKind,
  atMs: readonly number[],
  { countsRefused = false, burst }: Options = {},
): number[] {
  const window = rateWindow({ window: kind, callsPerSecond: 2, countsRefused, burst });
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
    expect(waitsMs('sliding', [0, 0, 400, 800, 1_200, 1_600], { countsRefused: true })).toEqual([
      0, 0, 600, 600, 600, 600,
    ]);
  });
});

describe('an aligned window', () => {
  it('lets twice the rate pass around its edge', () => {
    expect(waitsMs('aligned', [990, 995, 999, 1_000, 1_001, 1_002])).toEqual([0, 0, 1, 0, 0, 998]);
  });
});

describe('a token bucket', () => {
  it('starts full and fills at the rate', () => {
    expect(waitsMs('bucket', [0, 0, 0, 499, 500, 501])).toEqual([0, 0, 500, 1, 0, 499]);
  });

  it('never holds more than one second of calls', () => {
    expect(waitsMs('bucket', [0, 60_000, 60_000, 60_000])).toEqual([0, 0, 0, 500]);
  });

  it.each([
    [1, [0, 500, 500]],
    [3, [0, 0, 0]],
  ])('lets %i calls pass at once where it holds as many', (burst, waits) => {
    expect(waitsMs('bucket', [0, 0, 0], { burst })).toEqual(waits);
    expect(
      waitsMs(
        'bucket',
        Array.from({ length: burst + 1 }, () => 0),
        { burst },
      ).at(-1),
    ).toBe(500);
  });

  it('goes into debt where refused calls count, by one second at most', () => {
    expect(waitsMs('bucket', [0, 0, 0, 0, 0, 0], { countsRefused: true })).toEqual([
      0, 0, 1_000, 1_500, 1_500, 1_500,
    ]);
  });
});

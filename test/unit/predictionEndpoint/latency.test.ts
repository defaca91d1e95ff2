import { describe, expect, it } from 'vitest';
import { type Latency, latencyDial } from '../../../local/predictionEndpoint/rules/latency.ts';

function never(): number {
  throw new Error('no draw expected');
}

/** So many draws of one latency, at the same instant. */
function drawnMs(latency: Latency, count: number, random: () => number = never): number[] {
  const dial = latencyDial(latency, random, () => 0);
  return Array.from({ length: count }, () => dial.nextMs());
}

it('is the fixed time where one is given', () => {
  expect(drawnMs({ fixedMs: 35 }, 2)).toEqual([35, 35]);
});

describe('a log-normal latency', () => {
  const spread = { medianMs: 200, p95Ms: 800, seed: 7 };

  it('spreads so that median and 95th percentile are as given', () => {
    const sortedMs = drawnMs(spread, 20_000).toSorted((one, other) => one - other);

    expect((sortedMs[10_000] ?? 0) / 200).toBeCloseTo(1, 1);
    expect((sortedMs[19_000] ?? 0) / 800).toBeCloseTo(1, 1);
  });

  it('draws the same from the same seed, and other times from another', () => {
    expect(drawnMs(spread, 50)).toEqual(drawnMs(spread, 50));
    expect(drawnMs(spread, 50)).not.toEqual(drawnMs({ ...spread, seed: 8 }, 50));
  });

  it('never exceeds twenty medians', () => {
    const draws = [1 - 2 ** -52, 0];

    expect(drawnMs({ medianMs: 10, p95Ms: 500 }, 1, () => draws.shift() ?? 0)).toEqual([200]);
  });
});

describe('a bimodal latency', () => {
  it('is slow for as large a share as it is told', () => {
    const latency = { fastMs: 20, slowMs: 900, slowShare: 0.2, seed: 1 };

    const slowCount = drawnMs(latency, 10_000).filter((each) => each === 900).length;

    expect(new Set(drawnMs(latency, 100))).toEqual(new Set([20, 900]));
    expect(slowCount / 10_000).toBeCloseTo(0.2, 1);
  });
});

describe('a cold start', () => {
  it('slows the first calls, and again those after a pause', () => {
    let atMs = 0;
    const latency = { coldMs: 5_000, coldCallCount: 2, idleMs: 60_000, warm: { fixedMs: 80 } };
    const dial = latencyDial(latency, never, () => atMs);
    const atEachMs = [0, 10, 20, 60_019, 120_019, 120_020, 120_021];

    const seen = atEachMs.map((each) => {
      atMs = each;
      return dial.nextMs();
    });

    expect(seen).toEqual([5_000, 5_000, 80, 80, 5_000, 5_000, 80]);
  });
});

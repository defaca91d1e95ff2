import { describe, expect, it } from 'vitest';
import { oneProcess } from '../../helpers/governed.ts';
import { even, noonMs } from '../../helpers/quota.ts';

describe('the time to drain', () => {
  it('is what the rate says, each lane by its weight, with room above', async () => {
    const { process } = oneProcess();

    const estimate = process.timeToDrain({ live: 80, backfill: 20 });

    expect(estimate).toMatchObject({ kind: 'drains', expectedMs: 10_000 });
    // Live has eight ninths of ten a second until it is through.
    expect(estimate).toMatchObject({
      expectedByLaneMs: { live: 9_000, backfill: 10_000, line: 0 },
    });
    expect(estimate.kind === 'drains' && estimate.upperMs).toBeCloseTo(100_000 / 7.5 + 30_000);
  });

  it('goes beyond the month where the month does not suffice', () => {
    const { process } = oneProcess({ limits: { ...even, monthlyCallCount: 50 } });

    const estimate = process.timeToDrain({ live: 51 });

    const leftMs = Date.parse('2026-12-01') - noonMs;
    expect(estimate.kind === 'drains' && estimate.expectedMs).toBeGreaterThan(leftMs);
  });

  it('is nothing for nothing', () => {
    expect(oneProcess().process.timeToDrain({})).toMatchObject({ expectedMs: 0, upperMs: 0 });
  });
});

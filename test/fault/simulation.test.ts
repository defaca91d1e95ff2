/** The promise in virtual time. A red seed is run again by itself: its number is in the title. */
import { expect, it } from 'vitest';
import { quantile } from '../../bench/measure.ts';
import { startMs } from '../helpers/pipeline.ts';
import { runSimulation } from './simulation/runSimulation.ts';
import { callsPerSecond } from './simulation/simulatedHost.ts';

const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
const size = { photoCount: 250, killCount: 25 };

it.each(seeds)(
  'settles, announces and pays each photo once under faults, duplicates and kills (seed %i)',
  async (seed) => {
    const report = await runSimulation({ ...size, seed });

    expect(report).toMatchObject({
      lostCount: 0,
      doubledCount: 0,
      unpublishedCount: 0,
      claimsLeftCount: 0,
      paidTwiceBeyondInFlightCount: 0,
      rejectedCount: 10,
    });
    expect(report.effectiveKillCount).toBeGreaterThanOrEqual(size.killCount * 0.6);
    expect(report.mostCallsCount).toBeLessThanOrEqual(10 * callsPerSecond);
  },
);

it('runs the same way again for the same seed', async () => {
  const [first, second] = [
    await runSimulation({ ...size, seed: 5 }),
    await runSimulation({ ...size, seed: 5 }),
  ];

  expect(second).toEqual(first);
});

it.each(['endpoint', 'storage', 'hub'] as const)(
  'outlives five minutes without the %s: nothing lost, nothing dead, most settled in a minute',
  async (part) => {
    const [fromMs, untilMs] = [startMs + 500, startMs + 300_500];

    const report = await runSimulation({
      photoCount: 250,
      killCount: 0,
      seed: 11,
      outage: { part, fromMs, untilMs },
    });

    expect(report).toMatchObject({ lostCount: 0, unpublishedCount: 0, deadCount: 0 });
    const late = report.settledAtMs.filter((atMs) => atMs > untilMs);
    expect(quantile(late, 0.75) - untilMs).toBeLessThan(60_000);
    // Those that a fault of their own hit besides: their claims have to run out first.
    expect(Math.max(...late) - untilMs).toBeLessThan(300_000);
  },
);

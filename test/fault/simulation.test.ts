/**
 * The promise in virtual time. A red seed is run again by itself: its number is in the title.
 * `npm run bench -- simulation` runs more of them.
 */
import { expect, it } from 'vitest';
import { holds, quantile } from '../../bench/measure.ts';
import { brokenPromises } from '../../bench/simulation/brokenPromises.ts';
import { runSimulation, startMs } from '../../bench/simulation/runSimulation.ts';
import { simulation } from '../../bench/simulation.ts';

const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
const size = { photoCount: 250, killCount: 25 };

it.each(seeds)(
  'settles, announces and pays each photo once under faults, duplicates and kills (seed %i)',
  async (seed) => {
    const report = await runSimulation({ ...size, seed });

    expect(brokenPromises(size, report)).toEqual([]);
  },
);

it('runs the same way again for the same seed', async () => {
  const [first, second] = [
    await runSimulation({ ...size, seed: 5 }),
    await runSimulation({ ...size, seed: 5 }),
  ];

  expect(second).toEqual(first);
});

it('sums up its seeds as a bench, whose targets hold', async () => {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);

  const measures = await simulation({ seed: 21, isQuick: true, isFull: false, say });

  expect(measures).toContainEqual(
    expect.objectContaining({
      name: 'photos',
      case: 'seeds=21..22,photos=250,kills=25',
      value: 500,
    }),
  );
  expect(measures.filter((measure) => holds(measure) === false)).toEqual([]);
  expect(said).toEqual(['2 seeds from 21 on']);
});

it('names each promise that a run broke, with what was seen', async () => {
  const kept = await runSimulation({ ...size, seed: 1 });
  const counts = { lostCount: 1, doubledCount: 2, unpublishedCount: 3, claimsLeftCount: 4 };
  const costs = { paidTwiceBeyondInFlightCount: 5, rejectedCount: 9, mostCallsCount: 81 };

  expect(brokenPromises(size, { ...kept, ...counts, ...costs, effectiveKillCount: 14 })).toEqual([
    'lost 1',
    'doubled 2',
    'unpublished 3',
    'claimsLeft 4',
    'paidTwiceBeyondInFlight 5',
    'rejected 9',
    'effectiveKills 14',
    'mostCallsInTenSeconds 81',
  ]);
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

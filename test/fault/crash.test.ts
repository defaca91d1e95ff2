/** The promise under SIGKILL, in small; `npm run bench -- crash` is the same with hundreds of kills. */
import { expect, it } from 'vitest';
import { runCrash } from '../../bench/crash/runCrash.ts';

const shared = { duplicateRatio: 0.02, forgetRatio: 0.1, seed: 7 };

it.each([
  ['memory', 1_000, 60],
  ['azurite', 150, 8],
] as const)(
  'keeps each photo at one announced outcome while processes die (%s, %i photos, %i kills)',
  async (store, photoCount, killCount) => {
    const report = await runCrash({ ...shared, store, photoCount, killCount });

    expect(report).toMatchObject({
      photoCount,
      lostCount: 0,
      doubledCount: 0,
      unpublishedCount: 0,
      claimsLeftCount: 0,
      paidTwiceBeyondInFlightCount: 0,
    });
    expect(report.effectiveKillCount).toBeGreaterThanOrEqual(killCount);
  },
);

it('pays nothing twice and announces all where duplicates come in any order and nobody dies', async () => {
  const report = await runCrash({
    ...shared,
    store: 'memory',
    photoCount: 400,
    killCount: 0,
    duplicateRatio: 0.3,
  });

  expect(report).toMatchObject({ lostCount: 0, doubledCount: 0, unpublishedCount: 0 });
  expect(report.paidTwiceCount).toBe(0);
});

/** No quota to share: a container of one's own takes what it can, every call may go at once. */
import type { Governor } from './governor.ts';
import { noLane } from './lanes.ts';
import type { QuotaStats } from './quotaStats.ts';

export function unlimited(nowMs: () => number): Governor {
  const stats: QuotaStats = {
    mode: 'unlimited',
    perSecond: Number.POSITIVE_INFINITY,
    maxPerSecond: Number.POSITIVE_INFINITY,
    generation: 0,
    headroomRatio: 1,
    reservedAheadMs: 0,
    waiting: noLane,
    queueAgeMs: 0,
    usedThisMonthCount: 0,
    monthlyCallCount: undefined,
    blockedUntilMs: undefined,
    pausedBecause: '',
    clockOffsetMs: 0,
    counts: {
      readCount: 0,
      writeCount: 0,
      conflictCount: 0,
      deniedCount: 0,
      givenCount: 0,
      unusedCount: 0,
    },
  };
  return {
    // A refusal is not waited for: nothing here knows when it would be any use.
    waitBudgetMs: 0,
    acquire: async ({ lane }) => ({
      kind: 'slot',
      slot: { atMs: nowMs(), lane, generation: undefined },
    }),
    report: () => {},
    stats: () => stats,
    timeToDrain: () => ({ kind: 'drains', expectedMs: 0, upperMs: 0, expectedByLaneMs: noLane }),
    stop: () => {},
  };
}

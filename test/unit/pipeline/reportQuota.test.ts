import { describe, expect, it } from 'vitest';
import { memoryCursorStore } from '../../../shared/adapters/memory/memoryLedger.ts';
import { memoryTelemetry } from '../../../shared/adapters/memory/memoryTelemetry.ts';
import { type ReportDeps, reportQuota } from '../../../shared/pipeline/reportQuota.ts';
import { fleetQuota } from '../../../shared/quota/fleetQuota.ts';
import { quotaLimits } from '../../../shared/quota/limits.ts';
import { oneProcess } from '../../helpers/governed.ts';
import { model, pipelineAnswering, scratch } from '../../helpers/pipeline.ts';
import { even } from '../../helpers/quota.ts';

const { signal } = new AbortController();

function report(change: Partial<ReportDeps> = {}, limits = even) {
  const { process, store, clock, state } = oneProcess({ limits });
  const telemetry = memoryTelemetry();
  const { deps } = pipelineAnswering(scratch);
  const reporting: ReportDeps = {
    clock: { ...deps.clock, nowMs: clock.nowMs },
    predictor: deps.predictor,
    telemetry,
    quota: process,
    fleetQuota: fleetQuota(store, limits, clock.nowMs),
    laneWeights: limits.weights,
    backlog: {
      read: async () => ({ messageCount: 98, overdueMs: 4_000, poisonedCount: 1 }),
    },
    claimTally: { read: async () => ({ heldCount: 3, oldestMs: 2_500 }) },
    hubLag: { read: async () => [{ hub: 'captures', partition: '1', eventCount: 7 }] },
    cursors: memoryCursorStore(),
    ...change,
  };
  const value = (name: string) =>
    telemetry.metrics.filter((metric) => metric.name === `sightglass.${name}`).at(-1)?.value;
  return { run: () => reportQuota(reporting, signal), reporting, telemetry, value, state, clock };
}

describe('the report of the quota', () => {
  it('tells what waits, what is in flight, and how far readers are behind', async () => {
    const { run, telemetry, value } = report();

    expect(await run()).toEqual([]);
    expect(value('parked.messages')).toBe(98);
    expect(value('parked.overdue')).toBe(4);
    expect(value('poisoned.messages')).toBe(1);
    expect(value('ledger.in_flight')).toBe(3);
    expect(value('ledger.oldest')).toBe(2.5);
    expect(telemetry.metrics).toContainEqual({
      name: 'sightglass.events.lag',
      value: 7,
      dimensions: { hub: 'captures', partition: '1' },
    });
  });

  it('tells rate, headroom, and how long what waits will take', async () => {
    const { run, value, telemetry } = report();

    await run();

    expect(value('quota.headroom')).toBe(1);
    expect(value('quota.rate')).toBeCloseTo(even.maxPerSecond, 6);
    expect(value('quota.time_to_drain')).toBeCloseTo(98 / even.maxPerSecond, 6);
    expect(value('quota.time_to_drain_upper')).toBeGreaterThan(98 / even.maxPerSecond);
    const headroom = telemetry.metrics.find(({ name }) => name === 'sightglass.quota.headroom');
    expect(headroom?.dimensions).toEqual({ quotaMode: 'shared' });
  });

  it('tells each time that calls are paused, why, and no time to drain', async () => {
    const { run, reporting, telemetry, value } = report();
    await reporting.fleetQuota?.pause('stocktaking');

    await run();

    expect(telemetry.events).toEqual([
      {
        name: 'quota.paused',
        properties: { model: model.publishedName, pausedBecause: 'stocktaking' },
        measurements: {},
      },
    ]);
    expect(value('quota.time_to_drain')).toBeUndefined();
  });

  it('tells how much of a month is used and, at that pace, when it ends', async () => {
    const limits = quotaLimits(2, 100, even.weights);
    const { run, value, reporting, clock } = report({}, limits);
    const spent = { ...reporting.quota.stats(), usedThisMonthCount: 95 };
    const quota = { ...reporting.quota, stats: () => spent };

    const problems = await reportQuota({ ...reporting, quota, fleetQuota: undefined }, signal);

    expect(problems).toEqual([]);
    expect(value('quota.used_ratio')).toBeCloseTo(0.95, 6);
    const elapsedMs = clock.nowMs() - Date.UTC(2026, 10, 1);
    expect(value('quota.exhaustion_in')).toBeCloseTo((5 / 95) * (elapsedMs / 3_600_000), 3);
    expect(value('quota.exhaustion_in_lower')).toBeLessThan(value('quota.exhaustion_in') ?? 0);
    await run();
  });

  it('tells the rest where a part can not be looked at, and names it', async () => {
    const away = { read: () => Promise.reject(new Error('the queue is away')) };
    const { run, value } = report({ backlog: away, hubLag: away });

    expect(await run()).toEqual(['the queue is away', 'the queue is away']);
    expect(value('parked.messages')).toBeUndefined();
    expect(value('ledger.in_flight')).toBe(3);
    expect(value('quota.headroom')).toBe(1);
  });

  it('tells how this process goes by itself where the fleet’s document can not be read', async () => {
    const { reporting, telemetry } = report();
    const quota = {
      ...reporting.quota,
      stats: () => ({ ...reporting.quota.stats(), mode: 'alone' as const }),
    };
    const read = () => Promise.reject(new Error('it is not ours'));
    const fleetQuota = { read, pause: () => Promise.reject(new Error('nobody pauses')) };

    const problems = await reportQuota({ ...reporting, quota, fleetQuota }, signal);

    expect(problems).toEqual(['it is not ours']);
    const headroom = telemetry.metrics.find(({ name }) => name === 'sightglass.quota.headroom');
    expect(headroom).toMatchObject({ value: 1, dimensions: { quotaMode: 'alone' } });
  });
});

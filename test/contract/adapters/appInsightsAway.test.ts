import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTelemetrySink, type TelemetrySink } from '../../helpers/telemetrySink.ts';

const limitMs = 3_000;
const eventCount = 1_000;

let sink: TelemetrySink;

beforeAll(async () => {
  sink = await startTelemetrySink();
});
afterAll(() => sink.close());

it('ends in time where the endpoint takes everything and never answers, and keeps all on disk', async () => {
  sink.answer(() => 'never');
  const { event } = sink.telemetry;
  const begunAtMs = performance.now();
  for (let index = 0; index < eventCount; index += 1) {
    event('quota.paused', { model: 'parts', pausedBecause: `reason ${index}` }, {});
  }
  const toldMs = performance.now() - begunAtMs;

  const endedAtMs = performance.now();
  const lostCount = await sink.stop(limitMs);
  const stopMs = performance.now() - endedAtMs;

  const kept = sink.keptEnvelopes().map(({ data }) => data.baseType);
  expect(toldMs).toBeLessThan(1_000);
  expect(stopMs).toBeLessThan(limitMs + 500);
  expect(lostCount).toBe(0);
  expect(kept.filter((baseType) => baseType === 'EventData')).toHaveLength(eventCount);
  expect(kept).toContain('MetricData');
});

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTelemetrySink, type TelemetrySink } from '../../helpers/telemetrySink.ts';

const limitMs = 3_000;

let sink: TelemetrySink;

beforeAll(async () => {
  sink = await startTelemetrySink();
});
afterAll(() => sink.close());

it('ends in time where the endpoint takes everything and never answers, and keeps it on disk', async () => {
  sink.answer(() => 'never');
  const { event } = sink.telemetry;
  const begunAtMs = performance.now();
  for (let index = 0; index < 1_000; index += 1) {
    event('quota.paused', { model: 'parts', pausedBecause: `reason ${index}` }, {});
  }
  const toldMs = performance.now() - begunAtMs;

  const endedAtMs = performance.now();
  await sink.stop(limitMs);
  const stopMs = performance.now() - endedAtMs;

  expect(toldMs).toBeLessThan(1_000);
  expect(stopMs).toBeLessThan(limitMs + 500);
  expect(keptFiles()).not.toEqual([]);
});

function keptFiles(): string[] {
  const files = readdirSync(sink.folder, { recursive: true, encoding: 'utf8' });
  return files.map((file) => join(sink.folder, file)).filter((file) => file.endsWith('.ai.json'));
}

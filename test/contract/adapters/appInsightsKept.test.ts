/** Records on disk: some lie there too long, and the folder has a limit. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { sinkKey, startTelemetrySink, type TelemetrySink } from '../../helpers/telemetrySink.ts';

const patience = { timeout: 20_000 };
const dayMs = 24 * 3_600_000;
const place = mkdtempSync(join(tmpdir(), 'sightglass-kept-'));
const folder = exporterFolder();

let sink: TelemetrySink;

/** Source: the exporter's getStorageDirectory, 1.0.0-beta.47, read 2026-11-26. */
function exporterFolder(): string {
  const named = [sinkKey, userInfo().username, process.title, dirname(process.cwd())].join('|');
  const digest = createHash('sha256').update(named).digest('hex');
  return join(place, `Microsoft-AzureMonitor-${digest}`, `opentelemetry-nodejs-${sinkKey}`);
}

function keep(ageMs: number, baseTypes: readonly string[]): void {
  const envelopes = baseTypes.map((baseType) => ({
    version: 1,
    name: 'kept',
    time: new Date().toISOString(),
    instrumentationKey: sinkKey,
    tags: {},
    data: { baseType, baseData: { kind: baseType, version: 2, name: 'kept', properties: {} } },
  }));
  writeFileSync(join(folder, `${Date.now() - ageMs}-1.ai.json`), JSON.stringify(envelopes));
}

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  keep(3 * dayMs, ['EventData', 'EventData', 'RequestData']);
  keep(1 * dayMs, ['EventData']);
  // What lies on disk is looked at within a minute of the start, at a moment drawn by lot.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  sink = await startTelemetrySink({ TELEMETRY_STORAGE_DIRECTORY: place });
});
afterAll(async () => {
  await sink.close();
  rmSync(place, { recursive: true });
  vi.restoreAllMocks();
});

it('counts once what lay on disk for more than two days, and sends what did not', async () => {
  await vi.waitFor(() => {
    expect(sink.droppedCount('event', 'expired')).toBe(2);
    expect(sink.droppedCount('span', 'expired')).toBe(1);
    expect(sink.envelopes.filter(({ data }) => data.baseData.name === 'kept')).toHaveLength(1);
  }, patience);
  expect(readdirSync(folder)).toEqual([]);
});

it('counts what the folder has no room for', async () => {
  const large = join(folder, 'large');
  writeFileSync(large, '');
  truncateSync(large, 50_000_001);
  sink.answer((body) => (body.includes('EventData') ? 503 : 200));
  for (const pausedBecause of ['1', '2', '3']) {
    sink.telemetry.event('quota.paused', { model: 'parts', pausedBecause }, {});
  }

  await vi.waitFor(() => expect(sink.droppedCount('event', 'notKept')).toBe(3), patience);
});

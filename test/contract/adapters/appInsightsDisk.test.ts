/** A disk that keeps nothing: the folder of records is a file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTelemetrySink, type TelemetrySink } from '../../helpers/telemetrySink.ts';

const patience = { timeout: 20_000 };
const place = mkdtempSync(join(tmpdir(), 'sightglass-disk-'));
const file = join(place, 'file');

let sink: TelemetrySink;

beforeAll(async () => {
  writeFileSync(file, '');
  sink = await startTelemetrySink({ TELEMETRY_STORAGE_DIRECTORY: file });
});
afterAll(async () => {
  await sink.close();
  rmSync(place, { recursive: true });
});

function tell(count: number): void {
  for (let index = 0; index < count; index += 1) {
    sink.telemetry.event('quota.paused', { model: 'parts', pausedBecause: `${index}` }, {});
  }
}

it('counts what could neither be sent nor kept on disk', async () => {
  sink.answer((body) => (body.includes('EventData') ? 503 : 200));
  tell(7);

  await vi.waitFor(() => expect(sink.droppedCount('event', 'notKept')).toBe(7), patience);
  expect(sink.droppedCount('event', 'refused')).toBe(0);
});

it('counts of an answer in parts what is given up, and not what sampling took out', async () => {
  sink.answer((body) => (body.includes('EventData') ? partly : 200));
  tell(4);

  await vi.waitFor(() => expect(sink.droppedCount('event', 'refused')).toBe(1), patience);
  // The one that is to be sent again finds no disk.
  await vi.waitFor(() => expect(sink.droppedCount('event', 'notKept')).toBe(8), patience);
});

const partly = {
  status: 206,
  body: {
    itemsReceived: 4,
    itemsAccepted: 1,
    errors: [
      { index: 0, statusCode: 400, message: 'Field is too long' },
      { index: 1, statusCode: 400, message: 'Telemetry sampled out.' },
      { index: 2, statusCode: 500, message: 'Later' },
    ],
  },
};

it('follows no redirect to elsewhere, and counts what it would have taken there', async () => {
  const location = 'https://elsewhere.example/v2.1/track';
  const away = { status: 307, body: {}, headers: { location } };
  sink.answer((body) => (body.includes('EventData') ? away : 200));
  tell(3);

  await vi.waitFor(() => expect(sink.droppedCount('event', 'refused')).toBe(4), patience);
});

it('says at the end how many were lost by it', async () => {
  sink.answer(() => 'never');
  tell(50);
  await sink.telemetry.span('process photo', `00-${'b'.repeat(32)}-00000000000000aa-01`, () =>
    Promise.resolve(),
  );

  const lostCount = await sink.stop(1_000);

  // Counts of them belong to what is lost.
  expect(lostCount).toBeGreaterThanOrEqual(51);
  expect(lostCount).toBeLessThan(60);
});

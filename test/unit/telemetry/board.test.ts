import { describe, expect, it } from 'vitest';
import { pages } from '../../../infra/workbook/workbook.ts';
import { board } from '../../../local/telemetryCollector/page/board.ts';
import { lastMinutes } from '../../../local/telemetryCollector/page/overTime.ts';
import type { Panel } from '../../../local/telemetryCollector/page/panel.ts';
import { photoTrace } from '../../../local/telemetryCollector/page/photoTrace.ts';
import type { ReadRows } from '../../../local/telemetryCollector/page/readings.ts';
import type { Row } from '../../../local/telemetryCollector/tables/row.ts';

const nowMs = Date.UTC(2026, 10, 25, 12, 0, 30);
const span = lastMinutes(nowMs, 60);

const common = {
  timestampMs: nowMs - 90_000,
  operation_Id: 'one',
  operation_ParentId: '',
  operation_Name: '',
  cloud_RoleName: '',
  cloud_RoleInstance: '',
  customDimensions: {},
  customMeasurements: {},
  itemCount: 1,
};

function settled(endToEndMs: number, confidence: number, outcome = 'predicted'): Row {
  return {
    ...common,
    table: 'customEvents',
    name: 'photo.settled',
    customDimensions: { outcome, site: 'plant', model: 'parts', photo: `photos/${endToEndMs}.jpg` },
    customMeasurements: { endToEndMs, confidence },
  };
}

function metric(name: string, valueSum: number, customDimensions = {}): Row {
  const rest = { valueSum, valueCount: 1, valueMin: valueSum, valueMax: valueSum };
  return { ...common, table: 'customMetrics', name, customDimensions, ...rest };
}

function tryAt(atMs: number, id: string, operation_ParentId: string, outcome: string): Row {
  const customDimensions = { outcome, photo: 'photos/a.jpg', outcomeKey: 'key' };
  const at = { timestampMs: nowMs + atMs, id, operation_ParentId, duration: 100, success: true };
  return { ...common, ...at, table: 'dependencies', name: 'process photo', customDimensions };
}

function rowsOf(...all: readonly Row[]): ReadRows {
  return (table, { name, sinceMs = 0, untilMs = Number.POSITIVE_INFINITY } = {}) =>
    all.filter((row) => {
      const isIn = row.timestampMs >= sinceMs && row.timestampMs <= untilMs;
      return row.table === table && isIn && (name === undefined || row.name === name);
    });
}

function panelOf(rows: ReadRows, title: string): Panel | undefined {
  const { sections } = board(rows, { span, nowMs });
  return sections.flatMap(({ panels }) => panels).find((panel) => panel.title === title);
}

describe('the board of the telemetry page', () => {
  it('takes percentiles from predicted photos only, by nearest rank', () => {
    const times = Array.from({ length: 100 }, (_, index) => settled(index + 1, 0.5));
    const rows = rowsOf(...times, settled(90_000, 0, 'rejected'));

    expect(panelOf(rows, 'How long, per site and model?')).toMatchObject({
      rows: [['plant', 'parts', 100, 50, 95, 99]],
    });
  });

  it('puts a confidence of 1 into the last step, and one on a border into the upper', () => {
    const rows = rowsOf(settled(1, 1), settled(2, 0.95), settled(3, 0.8), settled(4, 0.79));

    const panel = panelOf(rows, 'How sure is the model?');

    expect(panel?.kind === 'bars' && panel.bars.slice(-3)).toEqual([
      { label: '0.7 – 0.8', value: 1 },
      { label: '0.8 – 0.9', value: 1 },
      { label: '0.9 – 1.0', value: 2 },
    ]);
  });

  it('leaves a reading open where nobody looked, and counts nothing as zero', () => {
    const rows = rowsOf(
      metric('sightglass.quota.headroom', 0.4, { quotaMode: 'shared' }),
      metric('sightglass.prediction.calls', 3, { answer: 'throttled' }),
    );
    const last = (title: string) => {
      const panel = panelOf(rows, title);
      return panel?.kind === 'lines' && panel.lines[0]?.values.slice(-3);
    };

    expect(last('How much headroom was there, in which mode?')).toEqual([null, 0.4, null]);
    expect(last('What did prediction calls come to?')).toEqual([0, 3, 0]);
  });

  it('asks what the pages of the workbook ask', () => {
    const question = (title: string) => title.replace(/ \(.*\)/, '');
    const { sections } = board(rowsOf(), { span, nowMs });
    const here = sections.flatMap(({ panels }) => panels.map(({ title }) => title));
    const asked = pages
      .filter(({ id }) => id !== 'photo')
      .flatMap(({ panels }) => panels.map(({ title }) => question(title)));

    // A world lasts for hours; whether it answers now is a tile.
    const elsewhere = [
      'What did each day cost?',
      'Is the endpoint reachable now? The latest probe',
    ];
    expect(asked.filter((title) => !here.includes(title))).toEqual(elsewhere.toReversed());
  });

  it('draws what calls came to in the same order whichever came first', () => {
    const call = (answer: string) => metric('sightglass.prediction.calls', 1, { answer });
    const title = 'What did prediction calls come to?';
    const rows = rowsOf(...['transient', 'breakerOpen', 'predicted', 'throttled'].map(call));

    expect(panelOf(rows, title)).toMatchObject({
      lines: ['predicted', 'throttled', 'transient', 'breakerOpen'].map((label) => ({ label })),
    });
  });

  it('tells lost telemetry by kind and reason, each with its sum', () => {
    const lost = (count: number, recordKind: string, dropReason: string) =>
      metric('sightglass.telemetry.dropped', count, { recordKind, dropReason });
    const rows = rowsOf(
      lost(3, 'event', 'notKept'),
      lost(2, 'span', 'queueFull'),
      lost(4, 'event', 'notKept'),
    );

    expect(panelOf(rows, 'Is telemetry lost, and why?')).toMatchObject({
      rows: [
        ['event', 'notKept', 7],
        ['span', 'queueFull', 2],
      ],
    });
  });

  it('says why it has nothing to show, and when a timer tells it next', () => {
    const panel = panelOf(rowsOf(), 'How do we stand?');

    expect(panel?.empty).toEqual({
      because: 'Told every five minutes by reportQuota.',
      nextAtMs: Date.UTC(2026, 10, 25, 12, 5),
    });
    const accounted = panelOf(
      rowsOf(),
      'Is any photo stuck or lost? Stored photos by state, as last accounted',
    );
    expect(accounted?.empty.nextAtMs).toBe(Date.UTC(2026, 10, 25, 12, 7));
  });

  it('names photos that were parked and not heard of since, longest first', () => {
    const parked = (photo: string, atMs: number): Row => ({
      ...settled(1, 0),
      name: 'photo.parked',
      timestampMs: nowMs + atMs,
      customDimensions: { photo, failureClass: 'throttled', code: 'HTTP_429' },
      customMeasurements: { waitedMs: 1_000, deferralCount: 1 },
    });
    const rows = rowsOf(
      parked('photos/1.jpg', -90_001),
      parked('photos/b.jpg', -3_000),
      parked('photos/c.jpg', -9_000),
      settled(1, 0.9),
    );

    expect(panelOf(rows, 'Which photos wait, and since when?')).toMatchObject({
      rows: [
        [{ photo: 'photos/c.jpg' }, 10, 'throttled', 'HTTP_429', 1],
        [{ photo: 'photos/b.jpg' }, 4, 'throttled', 'HTTP_429', 1],
      ],
    });
    expect(board(rows, { span, nowMs }).tiles).toContainEqual(
      expect.objectContaining({ label: 'Waiting', value: 2 }),
    );
  });

  it('takes the times of each stage per site and model', () => {
    const staged = (site: string, predictMs: number): Row => ({
      ...settled(1, 0.9),
      customDimensions: { outcome: 'predicted', site, model: 'parts' },
      customMeasurements: { predictMs },
    });

    const rows = rowsOf(staged('north', 10), staged('south', 20), staged('south', 30));

    expect(panelOf(rows, 'Where does the time go, per site and model?')).toMatchObject({
      rows: [
        ['prediction call', 'south', 'parts', 2, 20, 30, 30],
        ['prediction call', 'north', 'parts', 1, 10, 10, 10],
      ],
    });
  });

  it('calls for attention where no headroom is left, a photo was given up or a probe failed', () => {
    const rows = rowsOf(
      metric('sightglass.quota.headroom', 0),
      { ...settled(1, 0), name: 'photo.dead' },
      { ...common, table: 'availabilityResults', name: 'prediction endpoint', success: false },
    );

    const bad = board(rows, { span, nowMs }).tiles.filter(({ state }) => state === 'bad');

    expect(bad.map(({ label, value }) => [label, value])).toEqual([
      ['Endpoint reachable', 'no'],
      ['Quota headroom', 0],
      ['Given up', 1],
    ]);
  });
});

describe("one photo's way", () => {
  const first = tryAt(0, 'first', '', 'waiting');
  const call: Row = {
    ...common,
    table: 'dependencies',
    name: 'POST /predict',
    timestampMs: nowMs + 20,
    id: 'call',
    operation_ParentId: 'first',
    duration: 50,
    success: false,
    resultCode: '429',
  };
  const second = tryAt(5_000, 'second', 'first', 'predicted');

  it('calls an answer of storage about how things stand no failure', () => {
    const put: Row = { ...call, name: 'PUT /ledger/key', resultCode: '409' };
    const [, shown] = photoTrace(rowsOf(first, put), 'a.jpg', nowMs)?.steps ?? [];

    expect(shown).toMatchObject({ name: 'PUT /ledger/key', isFailed: false, detail: '409' });
  });

  it('shows what lies between two tries as parked, and tries beside each other', () => {
    const trace = photoTrace(rowsOf(first, call, second), 'a.jpg', nowMs + 9_000);

    expect(trace?.durationMs).toBe(5_100);
    expect(
      trace?.steps.map(({ name, startMs, durationMs, depth }) => [
        name,
        startMs,
        durationMs,
        depth,
      ]),
    ).toEqual([
      ['process photo', 0, 100, 0],
      ['POST /predict', 20, 50, 1],
      ['parked', 100, 4_900, 0],
      ['process photo', 5_000, 100, 0],
    ]);
    expect(trace?.steps[1]).toMatchObject({ isFailed: true, detail: '429' });
  });

  it('lets a photo that nobody took up again wait until now', () => {
    const trace = photoTrace(rowsOf(first), 'key', nowMs + 9_000);

    expect(trace?.steps.at(-1)).toMatchObject({ name: 'still parked', durationMs: 8_900 });
  });

  it('finds nothing under a name that never came', () => {
    expect(photoTrace(rowsOf(first), 'b.jpg', nowMs)).toBeUndefined();
  });
});

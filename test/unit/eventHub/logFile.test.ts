/** The file of one partition: whole records survive whatever cuts it off, and it does not grow for ever. */
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import rhea from 'rhea';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readEvent } from '../../../local/eventHub/eventBytes.ts';
import { openLogFile } from '../../../local/eventHub/logFile.ts';
import { openPartition, type Retention } from '../../../local/eventHub/partition.ts';

let folder: string;
let path: string;
let warnings: string[];
let retention: Retention;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-file-'));
  path = join(folder, '0.log');
  warnings = [];
  retention = {};
});
afterEach(() => rmSync(folder, { recursive: true }));

const onWarning = (message: string) => void warnings.push(message);

function open() {
  const file = openLogFile({ path, onWarning, minGoneBytes: 1_000 });
  return openPartition({ id: '0', nowMs: () => 5, retention: () => retention, file });
}

function event(body: string) {
  return readEvent(rhea.message.encode({ body }));
}

function bodies(partition: ReturnType<typeof open>): string[] {
  const first = partition.firstSequenceNumber();
  const count = (partition.last()?.sequenceNumber ?? -1) + 1 - first;
  return Array.from({ length: count }, (_, index) => {
    const stored = partition.at(first + index);
    return rhea.message.decode(stored?.bytes ?? Buffer.alloc(0))['body'];
  });
}

it('keeps the whole records wherever the file is cut off, and goes on behind them', () => {
  const sent = ['a', 'b', 'c'];
  const partition = open();
  const ends = sent.map((body) => {
    partition.append([event(body)], undefined);
    return statSync(path).size;
  });
  partition.close();
  const whole = readFileSync(path);

  for (let length = 0; length < whole.length; length += 1) {
    writeFileSync(path, whole);
    truncateSync(path, length);
    const kept = sent.filter((_, index) => length >= (ends[index] ?? 0));

    const cut = open();
    cut.append([event('next')], undefined);
    cut.close();

    const again = open();
    expect(bodies(again)).toEqual([...kept, 'next']);
    again.close();
  }
});

it('says in the log what it cut off, and nothing when there was nothing', () => {
  const partition = open();
  partition.append([event('a')], undefined);
  const wholeBytes = statSync(path).size;
  partition.append([event('b')], undefined);
  const tornBytes = statSync(path).size - wholeBytes - 1;
  partition.close();
  open().close();
  expect(warnings).toEqual([]);

  truncateSync(path, wholeBytes + tornBytes);
  open().close();

  expect(warnings).toEqual([
    `${path}: a record was cut off; ${tornBytes} bytes behind sequence number 0 are dropped`,
  ]);
});

it('lets go of expired events on disk too, and never grows beyond twice what is kept', () => {
  retention = { maxEventCount: 4 };
  const partition = open();
  const sizes = Array.from({ length: 200 }, (_, index) => {
    partition.append([event(`event ${index}`.padEnd(100))], undefined);
    return statSync(path).size;
  });
  partition.close();

  const recordBytes = sizes[0] ?? 0;
  expect(Math.max(...sizes)).toBeLessThan(2 * 4 * recordBytes + 1_000 + recordBytes);
  expect(readFileSync(path).includes('event 150 ')).toBe(false);
  const again = open();
  expect(bodies(again).map((body) => body.trim())).toEqual(
    [196, 197, 198, 199].map((index) => `event ${index}`),
  );
  again.close();
});

it('goes on with the sequence where all events had expired', () => {
  const partition = open();
  partition.append(
    Array.from({ length: 20 }, () => event('x'.repeat(100))),
    undefined,
  );
  const before = partition.last();
  retention = { maxEventCount: 0 };
  partition.trim();
  partition.close();
  expect(statSync(path).size).toBeLessThan(300);

  const again = open();
  expect(again.isEmpty()).toBe(true);
  again.append([event('next')], undefined);

  expect(again.last()?.sequenceNumber).toBe(20);
  expect(again.last()?.offset).toBeGreaterThan(before?.offset ?? Infinity);
  again.close();
});

it('stores none of the events that the disk refuses', () => {
  const file = openLogFile({ path, onWarning });
  const full = {
    ...file,
    append: () => {
      throw new Error('ENOSPC');
    },
  };
  const partition = openPartition({
    id: '0',
    nowMs: () => 5,
    retention: () => retention,
    file: full,
  });

  expect(() => partition.append([event('a')], undefined)).toThrow('ENOSPC');

  expect(partition.last()).toBeUndefined();
  expect(partition.isEmpty()).toBe(true);
  partition.close();
});

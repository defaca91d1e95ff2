/**
 * NCRONTAB: six fields (second, minute, hour, day, month, weekday; UTC), or five without the second, each
 * `*`, `*` with a step, numbers or names, ranges and lists of these. A time span instead is an interval.
 */
import { timeSpanMs } from '../../hostJsonValues.ts';

export interface Schedule {
  /** @returns the first occurrence later than `afterMs`, epoch ms */
  nextMs(afterMs: number): number;
}

const fieldRanges = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Every possible schedule, 29 February on a given weekday included, comes round in this time. */
const horizonMs = 30 * 366 * dayMs;

/** @throws Error where the text is no schedule */
export function parseSchedule(text: string): Schedule {
  const intervalMs = timeSpanMs(text);
  if (intervalMs !== undefined && Number.isFinite(intervalMs)) {
    return { nextMs: (afterMs) => afterMs + intervalMs };
  }
  const fields = fieldsOf(text);
  if (fields.length !== fieldRanges.length) throw new Error(`"${text}" has not five or six fields`);
  const allowed = fields.map((field, index) =>
    parseField(withNumbers(field, index), fieldRanges[index] ?? [0, 0]),
  );
  return { nextMs: (afterMs) => nextOccurrenceMs(allowed, afterMs, text) };
}

/** Without seconds it comes at the full minute. Source: azure-webjobs-sdk-extensions, CronSchedule, 2026-11-26. */
function fieldsOf(text: string): string[] {
  const fields = text.trim().split(/\s+/);
  return fields.length === fieldRanges.length - 1 ? ['0', ...fields] : fields;
}

const months =
  'january february march april may june july august september october november december';
const weekdays = 'sunday monday tuesday wednesday thursday friday saturday';
/** By field: what may stand for its numbers, and the number of the first. */
const nameTables = new Map([
  [4, { names: months.split(' '), first: 1 }],
  [5, { names: weekdays.split(' '), first: 0 }],
]);

/** Names of months and weekdays, three letters or more, become their numbers. */
function withNumbers(field: string, index: number): string {
  const table = nameTables.get(index);
  if (!table) return field;
  return field.replaceAll(/[a-z]{3,}/gi, (name) => {
    const found = table.names.findIndex((full) => full.startsWith(name.toLowerCase()));
    return found < 0 ? name : String(found + table.first);
  });
}

type Range = readonly [min: number, max: number];

function parseField(field: string, range: Range): ReadonlySet<number> {
  return new Set(field.split(',').flatMap((part) => parsePart(part, range)));
}

function parsePart(part: string, range: Range): number[] {
  const found = /^(\*|\d+(?:-\d+)?)(?:\/(\d+))?$/.exec(part);
  const [, span = '', step] = found ?? [];
  if (!found) throw new Error(`"${part}" is no schedule field`);
  const every = Number(step ?? 1);
  const [first, last] = spanOf(span, step !== undefined, range);
  if (first < range[0] || last > range[1] || every < 1) {
    throw new Error(`"${part}" is out of ${range[0]}-${range[1]}`);
  }
  const length = Math.floor((last - first) / every) + 1;
  return Array.from({ length }, (_, index) => first + index * every);
}

function spanOf(span: string, hasStep: boolean, range: Range): Range {
  if (span === '*') return range;
  const [first, last] = span.split('-').map(Number);
  const from = first ?? range[0];
  // A number with a step goes on to the end.
  return [from, last ?? (hasStep ? range[1] : from)];
}

function nextOccurrenceMs(allowed: readonly ReadonlySet<number>[], afterMs: number, text: string) {
  let atMs = (Math.floor(afterMs / secondMs) + 1) * secondMs;
  while (atMs < afterMs + horizonMs) {
    const unitMs = misfitMs(allowed, new Date(atMs));
    if (unitMs === undefined) return atMs;
    atMs = (Math.floor(atMs / unitMs) + 1) * unitMs;
  }
  throw new Error(`"${text}" never comes round`);
}

/** @returns the largest unit that doesn't fit, ms */
function misfitMs(allowed: readonly ReadonlySet<number>[], at: Date): number | undefined {
  const values = [
    [at.getUTCSeconds(), secondMs],
    [at.getUTCMinutes(), minuteMs],
    [at.getUTCHours(), hourMs],
    [at.getUTCDate(), dayMs],
    [at.getUTCMonth() + 1, dayMs],
    [at.getUTCDay(), dayMs],
  ] as const;
  const misfits = values.filter(([value], field) => !allowed[field]?.has(value));
  return misfits.at(-1)?.[1];
}

/**
 * NCRONTAB: six fields (second, minute, hour, day, month, weekday; UTC), each `*`, `*` with a step, numbers,
 * ranges and lists of these. A time span instead is an interval.
 */
import { timeSpanMs } from '../../hostJson.ts';

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
  const fields = text.trim().split(/\s+/);
  if (fields.length !== fieldRanges.length) throw new Error(`"${text}" has not six fields`);
  const allowed = fields.map((field, index) => parseField(field, fieldRanges[index] ?? [0, 0]));
  return { nextMs: (afterMs) => nextOccurrenceMs(allowed, afterMs, text) };
}

function parseField(field: string, [min, max]: readonly [number, number]): ReadonlySet<number> {
  const values = field.split(',').flatMap((part) => {
    const [, star, from, to, step] = /^(?:(\*)|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    if (star === undefined && from === undefined) throw new Error(`"${part}" is no schedule field`);
    const first = star === undefined ? Number(from) : min;
    const isOpen = star !== undefined || (step !== undefined && to === undefined);
    const last = isOpen ? max : Number(to ?? from);
    if (first < min || last > max || Number(step ?? 1) < 1) {
      throw new Error(`"${part}" is out of ${min}-${max}`);
    }
    const every = Number(step ?? 1);
    return Array.from(
      { length: Math.floor((last - first) / every) + 1 },
      (_, i) => first + i * every,
    );
  });
  return new Set(values);
}

function nextOccurrenceMs(allowed: readonly ReadonlySet<number>[], afterMs: number, text: string) {
  let atMs = (Math.floor(afterMs / secondMs) + 1) * secondMs;
  while (atMs < afterMs + horizonMs) {
    const skipMs = misfitMs(allowed, new Date(atMs));
    if (skipMs === 0) return atMs;
    atMs = (Math.floor(atMs / skipMs) + 1) * skipMs;
  }
  throw new Error(`"${text}" never comes round`);
}

/** @returns the largest unit that doesn't fit, ms; 0 where all do. */
function misfitMs(allowed: readonly ReadonlySet<number>[], at: Date): number {
  const [seconds, minutes, hours, days, months, weekdays] = allowed;
  const isDay =
    days?.has(at.getUTCDate()) &&
    months?.has(at.getUTCMonth() + 1) &&
    weekdays?.has(at.getUTCDay());
  if (!isDay) return dayMs;
  if (!hours?.has(at.getUTCHours())) return hourMs;
  if (!minutes?.has(at.getUTCMinutes())) return minuteMs;
  return seconds?.has(at.getUTCSeconds()) ? 0 : secondMs;
}

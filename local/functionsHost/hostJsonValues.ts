/** Values of host.json as .NET reads them: time spans, numbers and truth values in text, names in any case. */
import { z } from 'zod';

const dayMs = 86_400_000;

/** `[d.]hh:mm:ss[.fff]`, as .NET reads a TimeSpan; `-1` is without end. @returns ms */
export function timeSpanMs(text: string): number | undefined {
  if (text === '-1') return Number.POSITIVE_INFINITY;
  const parts = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2}(?:\.\d+)?)$/.exec(text);
  if (!parts) return undefined;
  const [, days = '0', hours, minutes, seconds] = parts;
  const dayTimeSeconds = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return Number(days) * dayMs + dayTimeSeconds * 1_000;
}

/** As .NET writes a TimeSpan, whole ms at most. */
export function timeSpanText(durationMs: number): string {
  const days = Math.floor(durationMs / dayMs);
  const [time = ''] = new Date(durationMs % dayMs).toISOString().slice(11).split('Z');
  const [seconds = '', fraction = '000'] = time.split('.');
  return `${days > 0 ? `${days}.` : ''}${seconds}${fraction === '000' ? '' : `.${fraction}0000`}`;
}

export const timeSpan = z.string().transform((text, context) => {
  const durationMs = timeSpanMs(text);
  if (durationMs !== undefined) return durationMs;
  context.addIssue(`"${text}" is no time span such as 00:00:30`);
  return z.NEVER;
});

/** Settings are text, and .NET reads text where a number or truth value is meant. */
function fromText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (/^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return /^-?\d+$/.test(value) ? Number(value) : value;
}

export const count = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(fromText, z.int().min(min).max(max));

export const truth = z.preprocess(fromText, z.boolean());

/** One of some names, whatever its capitals. */
export const choice = <const Name extends string>(...names: readonly [Name, ...Name[]]) =>
  z.preprocess((value) => names.find((name) => isSame(name, value)) ?? value, z.enum(names));

function isSame(name: string, value: unknown): boolean {
  return typeof value === 'string' && value.toLowerCase() === name.toLowerCase();
}

/** A time in ISO 8601; without a zone it is UTC, as it is for a host in Azure. @returns ms since 1970 */
export const instant = z.string().transform((text, context) => {
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text);
  const isTime = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}|$)/i.test(text);
  const atMs = isTime ? Date.parse(hasZone || text.length === 10 ? text : `${text}Z`) : Number.NaN;
  if (!Number.isNaN(atMs)) return atMs;
  context.addIssue(`"${text}" is no time such as 2026-11-23T10:00:00Z`);
  return z.NEVER;
});

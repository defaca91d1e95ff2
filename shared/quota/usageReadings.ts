/** Readings of the month's use as text, for the place where walks keep their cursors. */
import * as z from 'zod';
import type { UsageReading } from './exhaustion.ts';

const usageSchema = z.array(z.object({ atMs: z.number(), usedCount: z.number().min(0) }));

/** What can't be read is forgotten: readings come again. */
export function readUsage(text: string | undefined): readonly UsageReading[] {
  if (text === undefined) return [];
  try {
    return usageSchema.parse(JSON.parse(text));
  } catch {
    return [];
  }
}

export function writeUsage(readings: readonly UsageReading[]): string {
  return JSON.stringify(readings);
}

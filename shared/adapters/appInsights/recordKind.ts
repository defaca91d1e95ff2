/** What telemetry records are called in the catalogue, by their base type in Application Insights. */
import * as z from 'zod';
import type { AttributeValue } from '../../telemetry/catalogue/attributes.ts';

export type RecordKind = AttributeValue<'recordKind'>;

const kinds = new Map<unknown, RecordKind>([
  ['RequestData', 'span'],
  ['RemoteDependencyData', 'span'],
  ['EventData', 'event'],
  ['MetricData', 'metric'],
  ['MessageData', 'log'],
  ['ExceptionData', 'log'],
  ['AvailabilityData', 'availability'],
]);

export function recordKindOf(baseType: unknown): RecordKind | undefined {
  return kinds.get(baseType);
}

const envelopeSchema = z.object({ data: z.object({ baseType: z.string() }) });

/** How many of each kind are among envelopes. */
export function countEnvelopes(envelopes: readonly unknown[]): ReadonlyMap<RecordKind, number> {
  const counts = new Map<RecordKind, number>();
  for (const envelope of envelopes) {
    const kind = recordKindOf(envelopeSchema.safeParse(envelope).data?.data.baseType);
    if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** @returns no envelope for a text that is not a list of them. */
export function readEnvelopes(text: string): readonly unknown[] {
  try {
    return z.array(z.unknown()).catch([]).parse(JSON.parse(text));
  } catch {
    return [];
  }
}

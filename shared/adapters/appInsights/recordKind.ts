/** What a telemetry record is called in the catalogue, by its base type in Application Insights. */
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

/** What becomes of records is counted, by a meter that is made after them. */
import type { AttributeValue } from '../../telemetry/catalogue/attributes.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { RecordKind } from './recordKind.ts';

type DropReason = AttributeValue<'dropReason'>;

export function recordBook(meter: () => Pick<Telemetry, 'count'>) {
  let queuedCount = 0;
  let droppedCount = 0;
  const onDropped = (recordKind: RecordKind, count: number, dropReason: DropReason) => {
    droppedCount += count;
    meter().count('sightglass.telemetry.dropped', count, { recordKind, dropReason });
  };
  return {
    onDropped,
    onMade: (recordKind: RecordKind) =>
      meter().count('sightglass.telemetry.made', 1, { recordKind }),
    onLost: (recordKind: RecordKind) => onDropped(recordKind, 1, 'queueFull'),
    onRefused: (recordKind: RecordKind, count: number) => onDropped(recordKind, count, 'refused'),
    onQueued() {
      queuedCount += 1;
    },
    queuedCount: () => queuedCount,
    droppedCount: () => droppedCount,
  };
}

/** Calls to storage as operators see them: how many of which kind, and what they cost. */
import type { Settings } from '../shared/settings.ts';
import type { AttributeValue } from '../shared/telemetry/catalogue/attributes.ts';
import type { Telemetry } from '../shared/telemetry/telemetry.ts';

type StorageOperation = AttributeValue<'storageOperation'>;

export function storageTeller(
  telemetry: Telemetry,
  {
    PRICE_PER_10000_STORAGE_WRITES: writesPrice,
    PRICE_PER_10000_STORAGE_READS: readsPrice,
  }: Settings,
): (operation: StorageOperation) => void {
  const prices: Readonly<Record<StorageOperation, number>> = {
    write: writesPrice / 10_000,
    list: writesPrice / 10_000,
    read: readsPrice / 10_000,
    queue: readsPrice / 10_000,
    delete: 0,
  };
  return (storageOperation) => {
    telemetry.count('sightglass.storage.operations', 1, { storageOperation });
    telemetry.count('sightglass.cost', prices[storageOperation], { costKind: 'storage' });
  };
}

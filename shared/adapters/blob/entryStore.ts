/** Ledger entries as small blobs, spread over folders by the first two letters of their keys. */
import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import type { EntryStore } from '../../ledger/entryStore.ts';
import { storeUnavailable } from './blobErrors.ts';
import { createJson, readJson } from './jsonBlobs.ts';

const entrySchema = z.looseObject({ entryVersion: z.literal(1), blobName: z.string() });

export function blobEntryStore(container: ContainerClient): EntryStore {
  return {
    async enter(outcomeKey, entry, signal) {
      const name = `${outcomeKey.slice(0, 2)}/${outcomeKey}`;
      const written = { entryVersion: 1, ...entry };
      const created = await createJson(container, name, written, signal).catch((error: unknown) => {
        throw storeUnavailable('enter the photo', name, error);
      });
      if (created !== undefined) return { kind: 'created' };
      const existing = await readJson(container, name, entrySchema, signal);
      if (existing) return { kind: 'existed', entry: existing.value };
      throw storeUnavailable('read the entry', name, new Error('it vanished while being read'));
    },
  };
}

/** Ledger entries as small blobs, spread over folders by the first two letters of their keys. */
import type { ContainerClient } from '@azure/storage-blob';
import * as z from 'zod';
import type { EntryStore, LedgerEntry } from '../../ledger/entryStore.ts';
import { isChanged, storeUnavailable } from './blobErrors.ts';
import { createJson, putJson, readJson } from './jsonBlobs.ts';

const entrySchema = z.looseObject({
  entryVersion: z.literal(1),
  blobName: z.string(),
  parkedUntilMs: z.number().optional(),
  announcement: z.enum(['unsure', 'made']).optional(),
  replayCount: z.number().int().positive().optional(),
});

export function blobEntryStore(container: ContainerClient): EntryStore {
  const find = async (outcomeKey: string, signal: AbortSignal) => {
    const read = await readJson(container, nameOf(outcomeKey), entrySchema, signal);
    return read && { entry: read.value, tag: read.etag };
  };
  return {
    async enter(outcomeKey, entry, signal) {
      const name = nameOf(outcomeKey);
      const tag = await createJson(container, name, written(entry), signal).catch(
        (error: unknown) => {
          throw storeUnavailable('enter the photo', name, error);
        },
      );
      if (tag !== undefined) return { isNew: true, entry, tag };
      const existing = await find(outcomeKey, signal);
      if (existing) return { isNew: false, ...existing };
      throw storeUnavailable('read the entry', name, new Error('it vanished while being read'));
    },
    find,
    async note(outcomeKey, { entry, tag: seenTag }, abortSignal) {
      const name = nameOf(outcomeKey);
      try {
        const options = { abortSignal, conditions: { ifMatch: seenTag } };
        return { entry, tag: await putJson(container, name, written(entry), options) };
      } catch (error) {
        if (isChanged(error)) return undefined;
        throw storeUnavailable('note in the entry', name, error);
      }
    },
  };
}

function nameOf(outcomeKey: string): string {
  return `${outcomeKey.slice(0, 2)}/${outcomeKey}`;
}

function written(entry: LedgerEntry): unknown {
  return { entryVersion: 1, ...entry };
}

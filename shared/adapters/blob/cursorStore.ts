/** Cursors as small blobs under `cursors/`. */
import type { ContainerClient } from '@azure/storage-blob';
import * as z from 'zod';
import type { CursorStore } from '../../ledger/cursorStore.ts';
import { storeUnavailable } from './blobErrors.ts';
import { createJson, putJson, readJson } from './jsonBlobs.ts';

const cursorSchema = z.looseObject({ cursorVersion: z.literal(1), cursor: z.string().optional() });

export function blobCursorStore(container: ContainerClient): CursorStore {
  return {
    load: async (name, signal) =>
      (await readJson(container, nameOf(name), cursorSchema, signal))?.value.cursor,
    async save(name, cursor, abortSignal) {
      const written = { cursorVersion: 1, cursor };
      try {
        const created = await createJson(container, nameOf(name), written, abortSignal);
        if (created === undefined) await putJson(container, nameOf(name), written, { abortSignal });
      } catch (error) {
        throw storeUnavailable('save the cursor', nameOf(name), error);
      }
    },
  };
}

function nameOf(name: string): string {
  return `cursors/${name}`;
}

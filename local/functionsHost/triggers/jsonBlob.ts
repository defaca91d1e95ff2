/** A document of the host's own in its storage. */
import type { BlockBlobClient } from '@azure/storage-blob';
import type { z } from 'zod';
import { isMissing } from './storageError.ts';

/** @returns `undefined` where there is none. @throws ZodError where it is another's. */
export async function readJsonBlob<Document>(
  blob: BlockBlobClient,
  schema: z.ZodType<Document>,
): Promise<Document | undefined> {
  try {
    const bytes = await blob.downloadToBuffer();
    return schema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

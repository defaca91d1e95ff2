/**
 * Which version of which blob was announced to a function, kept in the host's storage so that a host
 * that starts again hears of what came meanwhile, and only that. Written now and then: a crash repeats.
 */
import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { readJsonBlob } from '../../jsonBlob.ts';

export interface DeliveredBlobs {
  /** False where the storage has never seen a host with this function. */
  readonly isKnown: boolean;
  has(blobName: string, etag: string): boolean;
  names(): readonly string[];
  add(blobName: string, etag: string): void;
  remove(blobName: string): void;
  save(): Promise<void>;
}

const etagsSchema = z.record(z.string(), z.string());

/** @param hosts - the container of the host's own state */
export async function openDeliveredBlobs(
  hosts: ContainerClient,
  hostId: string,
  functionName: string,
): Promise<DeliveredBlobs> {
  await hosts.createIfNotExists();
  const blob = hosts.getBlockBlobClient(`local-event-grid/${hostId}/${functionName}.json`);
  const stored = await readJsonBlob(blob, etagsSchema);
  const etags = new Map(Object.entries(stored ?? {}));
  let isChanged = stored === undefined;
  return {
    isKnown: stored !== undefined,
    has: (blobName, etag) => etags.get(blobName) === etag,
    names: () => [...etags.keys()],
    add(blobName, etag) {
      etags.set(blobName, etag);
      isChanged = true;
    },
    remove(blobName) {
      etags.delete(blobName);
      isChanged = true;
    },
    async save() {
      if (!isChanged) return;
      const text = JSON.stringify(Object.fromEntries(etags));
      await blob.upload(text, Buffer.byteLength(text));
      isChanged = false;
    },
  };
}

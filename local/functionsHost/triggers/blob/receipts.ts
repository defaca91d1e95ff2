/**
 * Which version of which blob a function has seen, kept in the host's storage so that a host that
 * starts again delivers what came meanwhile, and only that. Written now and then: a crash repeats.
 */
import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';

export interface Receipts {
  /** False where the storage has never seen a host with this function. */
  readonly isKnown: boolean;
  has(blobName: string, etag: string): boolean;
  add(blobName: string, etag: string): void;
  save(): Promise<void>;
}

const receiptsSchema = z.record(z.string(), z.string());

export async function openReceipts(
  hosts: ContainerClient,
  hostId: string,
  functionName: string,
): Promise<Receipts> {
  await hosts.createIfNotExists();
  const blob = hosts.getBlockBlobClient(
    `blobreceipts/${hostId}/Host.Functions.${functionName}.json`,
  );
  const stored = await readReceipts(blob);
  const etags = new Map(Object.entries(stored ?? {}));
  let isChanged = stored === undefined;
  return {
    isKnown: stored !== undefined,
    has: (blobName, etag) => etags.get(blobName) === etag,
    add(blobName, etag) {
      etags.set(blobName, etag);
      isChanged = true;
    },
    async save() {
      if (!isChanged) return;
      isChanged = false;
      const text = JSON.stringify(Object.fromEntries(etags));
      await blob.upload(text, Buffer.byteLength(text));
    },
  };
}

async function readReceipts(blob: BlockBlobClient): Promise<Record<string, string> | undefined> {
  if (!(await blob.exists())) return undefined;
  const content = await blob.downloadToBuffer();
  return receiptsSchema.parse(JSON.parse(content.toString('utf8')));
}

/** Outcomes as JSON blobs, created once and never overwritten. */
import type { ContainerClient } from '@azure/storage-blob';
import type { OutcomeStore } from '../../ledger/outcomeStore.ts';
import { resultDocumentSchema } from '../../results/resultDocument.ts';
import { storeUnavailable } from './blobErrors.ts';
import { createJson, readJson } from './jsonBlobs.ts';

export function blobOutcomeStore(container: ContainerClient): OutcomeStore {
  const find = async (blobName: string, signal: AbortSignal) =>
    (await readJson(container, blobName, resultDocumentSchema, signal))?.value;
  return {
    addressOf: (blobName) => ({
      account: container.accountName,
      container: container.containerName,
      blobName,
    }),
    find,
    async record(blobName, document, signal) {
      const created = await createJson(container, blobName, document, signal).catch(
        (error: unknown) => {
          throw storeUnavailable('write outcome', blobName, error);
        },
      );
      if (created !== undefined) return { kind: 'created' };
      const existing = await find(blobName, signal);
      if (existing) return { kind: 'existed', document: existing };
      throw storeUnavailable('read outcome', blobName, new Error('it vanished while being read'));
    },
    async ping(abortSignal) {
      try {
        // Not there yet is no trouble: the first outcome creates it.
        await container.exists({ abortSignal });
      } catch (error) {
        throw storeUnavailable('reach container', container.containerName, error);
      }
    },
  };
}

/** Outcomes as JSON blobs, created once and never overwritten. */
import type { ContainerClient } from '@azure/storage-blob';
import { PipelineError } from '../../errors.ts';
import type { OutcomeStore } from '../../ledger/outcomeStore.ts';
import { type ResultDocument, resultDocumentSchema } from '../../results/resultDocument.ts';
import { isStatus, storeUnavailable } from './blobErrors.ts';

export function blobOutcomeStore(container: ContainerClient): OutcomeStore {
  const find = async (blobName: string, abortSignal: AbortSignal) => {
    try {
      const client = container.getBlockBlobClient(blobName);
      const bytes = await client.downloadToBuffer(0, undefined, { abortSignal });
      return parseDocument(blobName, bytes);
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error instanceof PipelineError
        ? error
        : storeUnavailable('read outcome', blobName, error);
    }
  };
  return {
    addressOf: (blobName) => ({
      account: container.accountName,
      container: container.containerName,
      blobName,
    }),
    find,
    async record(blobName, document, abortSignal) {
      try {
        await createBlob(container, blobName, JSON.stringify(document), abortSignal);
        return { kind: 'created' };
      } catch (error) {
        if (!isStatus(error, 409)) throw storeUnavailable('write outcome', blobName, error);
      }
      const existing = await find(blobName, abortSignal);
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

/** The container is created by the first outcome where nobody has done so before. */
async function createBlob(
  container: ContainerClient,
  blobName: string,
  body: string,
  abortSignal: AbortSignal,
): Promise<void> {
  const upload = () =>
    container.getBlockBlobClient(blobName).upload(body, Buffer.byteLength(body), {
      abortSignal,
      conditions: { ifNoneMatch: '*' },
      blobHTTPHeaders: { blobContentType: 'application/json' },
    });
  try {
    await upload();
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
    await container.createIfNotExists({ abortSignal });
    await upload();
  }
}

function parseDocument(path: string, bytes: Buffer): ResultDocument {
  const parsed = resultDocumentSchema.safeParse(jsonOf(bytes));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new PipelineError('DOCUMENT_INVALID', `${path} is no result document`, { path, problems });
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

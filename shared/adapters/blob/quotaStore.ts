/** The fleet's quota as one small blob per prediction resource, swapped by its ETag. */
import { createHash } from 'node:crypto';
import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import type { QuotaStore, StoredQuota, SwappedQuota } from '../../quota/quotaStore.ts';
import { isStatus, storeUnavailable } from './blobErrors.ts';

/** Longer than any answer that is of use: slots are about seconds. */
const timeoutMs = 2_000;

/** The same for every spelling of the same resource. */
export function quotaBlobName(endpoint: string): string {
  const { host } = new URL(endpoint);
  return `${createHash('sha256').update(host.toLowerCase()).digest('hex').slice(0, 16)}.json`;
}

/** @param container - its client tries once: retries would hide contention and come late. */
export function blobQuotaStore(container: ContainerClient, blobName: string): QuotaStore {
  const client = container.getBlockBlobClient(blobName);
  return {
    path: `${container.containerName}/${blobName}`,
    get: () => get(client),
    async compareAndSwap(text, etag) {
      try {
        return await swap(client, text, etag);
      } catch (error) {
        if (!isStatus(error, 404)) throw storeUnavailable('write quota', blobName, error);
      }
      return inNewContainer(container, client, text, etag);
    },
  };
}

async function get(client: BlockBlobClient): Promise<StoredQuota> {
  try {
    const abortSignal = AbortSignal.timeout(timeoutMs);
    const answer = await client.download(0, undefined, { abortSignal });
    const chunks: Buffer[] = [];
    for await (const chunk of answer.readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
    const found = { text: Buffer.concat(chunks).toString('utf8'), etag: answer.etag ?? '' };
    return { found, serverAtMs: answer.date?.getTime() };
  } catch (error) {
    if (isStatus(error, 404)) return { found: undefined, serverAtMs: dateOf(error) };
    throw storeUnavailable('read quota', client.name, error);
  }
}

async function swap(
  client: BlockBlobClient,
  text: string,
  etag: string | undefined,
): Promise<SwappedQuota> {
  try {
    const answer = await client.upload(text, Buffer.byteLength(text), {
      abortSignal: AbortSignal.timeout(timeoutMs),
      conditions: etag === undefined ? { ifNoneMatch: '*' } : { ifMatch: etag },
      blobHTTPHeaders: { blobContentType: 'application/json' },
    });
    return { kind: 'swapped', etag: answer.etag ?? '', serverAtMs: answer.date?.getTime() };
  } catch (error) {
    // Creating answers 409 where there is one, overwriting 412; a deleted one is a conflict as well.
    if (!isStatus(error, 409) && !isStatus(error, 412)) throw error;
    return { kind: 'conflict', serverAtMs: dateOf(error) };
  }
}

/** Nobody has created the container yet: whoever writes first does. */
async function inNewContainer(
  container: ContainerClient,
  client: BlockBlobClient,
  text: string,
  etag: string | undefined,
): Promise<SwappedQuota> {
  try {
    await container.createIfNotExists({ abortSignal: AbortSignal.timeout(timeoutMs) });
    return await swap(client, text, etag);
  } catch (error) {
    throw storeUnavailable('create quota', client.name, error);
  }
}

function dateOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('response' in error)) return undefined;
  const { response } = error;
  if (typeof response !== 'object' || response === null || !('headers' in response)) {
    return undefined;
  }
  const { headers } = response;
  const text = hasGet(headers) ? headers.get('date') : undefined;
  const atMs = Date.parse(text ?? '');
  return Number.isNaN(atMs) ? undefined : atMs;
}

function hasGet(value: unknown): value is { get(name: string): string | undefined } {
  return typeof value === 'object' && value !== null && 'get' in value;
}

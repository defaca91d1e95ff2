/** Small JSON documents in one container, created where they are missing and read through a schema. */
import {
  type BlobDownloadResponseParsed,
  type BlockBlobUploadOptions,
  type ContainerClient,
  RestError,
} from '@azure/storage-blob';
import type * as z from 'zod';
import { PipelineError, problemsOf } from '../../errors.ts';
import { isStatus, storeUnavailable } from './blobErrors.ts';

export interface ReadJson<Value> {
  readonly value: Value;
  readonly etag: string;
  /** Since it was last written, by storage's clock; whole seconds. */
  readonly ageMs: number;
}

/**
 * Create-only. The container is created by the first blob where nobody has done so before.
 *
 * @returns the new blob's ETag, `undefined` where there is one already.
 */
export async function createJson(
  container: ContainerClient,
  blobName: string,
  value: unknown,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const create = async () => {
    try {
      const options = { abortSignal, conditions: { ifNoneMatch: '*' } };
      return await putJson(container, blobName, value, options);
    } catch (error) {
      if (isThere(error)) return undefined;
      throw error;
    }
  };
  try {
    return await create();
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
    await container.createIfNotExists({ abortSignal });
    return create();
  }
}

/** @returns the ETag of what was written. */
export async function putJson(
  container: ContainerClient,
  blobName: string,
  value: unknown,
  options: BlockBlobUploadOptions,
): Promise<string> {
  const body = JSON.stringify(value);
  const { etag = '' } = await container
    .getBlockBlobClient(blobName)
    .upload(body, Buffer.byteLength(body), {
      ...options,
      blobHTTPHeaders: { blobContentType: 'application/json' },
    });
  return etag;
}

/**
 * @returns `undefined` where there is no such blob.
 * @throws PipelineError `DOCUMENT_INVALID`, `STORE_UNAVAILABLE`
 */
export async function readJson<Value>(
  container: ContainerClient,
  blobName: string,
  schema: z.ZodType<Value>,
  abortSignal: AbortSignal,
): Promise<ReadJson<Value> | undefined> {
  try {
    const response = await container.getBlobClient(blobName).download(0, undefined, {
      abortSignal,
    });
    const text = await textOf(response);
    const value = parsed(blobName, text, schema);
    return { value, etag: response.etag ?? '', ageMs: ageMsOf(response) };
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error instanceof PipelineError ? error : storeUnavailable('read', blobName, error);
  }
}

/** Azure answers 409 to a create-only write; the protocol would also allow 412. */
function isThere(error: unknown): boolean {
  return isStatus(error, 412) || (error instanceof RestError && error.code === 'BlobAlreadyExists');
}

async function textOf(response: BlobDownloadResponseParsed): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response.readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
  const bytes = Buffer.concat(chunks);
  if (bytes.length === response.contentLength) return bytes.toString('utf8');
  throw new RestError(`read ${bytes.length} of ${response.contentLength} bytes`);
}

function ageMsOf({ date, lastModified }: BlobDownloadResponseParsed): number {
  return date && lastModified ? date.getTime() - lastModified.getTime() : 0;
}

/** Names of fields and what was expected there, no values. */
const maxProblemCharacters = 300;

function parsed<Value>(path: string, text: string, schema: z.ZodType<Value>): Value {
  const result = schema.safeParse(jsonOf(text));
  if (result.success) return result.data;
  const problems = problemsOf(result.error.issues);
  const message = `${path} is not in our form: ${problems.join('; ').slice(0, maxProblemCharacters)}`;
  throw new PipelineError('DOCUMENT_INVALID', message, { path, problems });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

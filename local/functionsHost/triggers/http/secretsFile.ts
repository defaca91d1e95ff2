/** One file of keys in the host's storage: of several hosts that ask at once one makes it, all read it. */
import { randomBytes } from 'node:crypto';
import { BlobServiceClient, type BlockBlobClient } from '@azure/storage-blob';
import { z } from 'zod';
import { connectionOf } from '../../settings.ts';
import { readJsonBlob } from '../jsonBlob.ts';
import type { ListenerContext } from '../listener.ts';
import { storageRetries } from '../storageRetries.ts';

export const keySchema = z.object({ name: z.string(), value: z.string(), encrypted: z.boolean() });

export type Key = z.output<typeof keySchema>;

export const secretsContainer = 'azure-webjobs-secrets';

export interface SecretsFile<Secrets> {
  /** Of the app: `host.json`, or `<function>.json` in lower case. */
  readonly fileName: string;
  readonly schema: z.ZodType<Secrets>;
  readonly make: () => Secrets;
}

/** @returns what lies there, made first where nothing does. */
export async function openSecrets<Secrets extends object>(
  { settings, hostId }: Pick<ListenerContext, 'settings' | 'hostId'>,
  file: SecretsFile<Secrets>,
): Promise<Secrets> {
  const account = connectionOf(settings, 'AzureWebJobsStorage');
  const blobs = BlobServiceClient.fromConnectionString(account, storageRetries);
  const container = blobs.getContainerClient(secretsContainer);
  await container.createIfNotExists();
  const blob = container.getBlockBlobClient(`${hostId}/${file.fileName}`);
  return (await readJsonBlob(blob, file.schema)) ?? (await create(blob, file));
}

async function create<Secrets extends object>(
  blob: BlockBlobClient,
  file: SecretsFile<Secrets>,
): Promise<Secrets> {
  const secrets = file.make();
  const maker = {
    hostName: 'localhost',
    instanceId: randomBytes(16).toString('hex'),
    source: 'runtime',
    decryptionKeyId: '',
  };
  const text = JSON.stringify({ ...secrets, ...maker }, null, 2);
  try {
    await blob.upload(text, Buffer.byteLength(text), { conditions: { ifNoneMatch: '*' } });
    return secrets;
  } catch (error) {
    const written = await readJsonBlob(blob, file.schema);
    if (!written) throw error;
    return written;
  }
}

/** Source: Microsoft.Azure.Web.DataProtection, the shape of function keys, 2026-11-25. */
export function newKey(name: string): Key {
  const value = `${randomBytes(33).toString('base64url')}AzFu${randomBytes(4).toString('base64url')}==`;
  return { name, value, encrypted: false };
}

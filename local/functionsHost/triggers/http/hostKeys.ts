/**
 * The host's keys, kept in its storage as the real host keeps them: whoever may read that may call.
 * The first host makes them, all later ones of the same id find them.
 */
import { randomBytes } from 'node:crypto';
import { BlobServiceClient, type BlockBlobClient } from '@azure/storage-blob';
import { z } from 'zod';
import { connectionOf } from '../../settings.ts';
import type { ListenerContext } from '../listener.ts';
import { isMissing } from '../storageError.ts';
import { storageRetries } from '../storageRetries.ts';

export interface HostKeys {
  /** Opens everything. */
  readonly master: string;
  /** Opens functions with the level `function`. */
  readonly function: string;
  /** Opens the webhook that Event Grid calls. */
  readonly blobsExtension: string;
}

export type GetKeys = () => Promise<HostKeys>;

const keySchema = z.object({ name: z.string(), value: z.string(), encrypted: z.boolean() });

const secretsSchema = z.looseObject({
  masterKey: keySchema,
  functionKeys: z.array(keySchema).default([]),
  systemKeys: z.array(keySchema).default([]),
});

type Secrets = z.output<typeof secretsSchema>;

const containerName = 'azure-webjobs-secrets';
const systemKeyName = 'blobs_extension';

/** Asks storage once; where that fails, the next call asks again. */
export function hostKeys({
  settings,
  hostId,
}: Pick<ListenerContext, 'settings' | 'hostId'>): GetKeys {
  let known: Promise<HostKeys> | undefined;
  return () => {
    known ??= openKeys(settings, hostId).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

async function openKeys(settings: ListenerContext['settings'], hostId: string): Promise<HostKeys> {
  const account = connectionOf(settings, 'AzureWebJobsStorage');
  const container = BlobServiceClient.fromConnectionString(
    account,
    storageRetries,
  ).getContainerClient(containerName);
  await container.createIfNotExists();
  const blob = container.getBlockBlobClient(`${hostId}/host.json`);
  const { masterKey, functionKeys, systemKeys } = (await read(blob)) ?? (await create(blob));
  return {
    master: masterKey.value,
    function: valueOf(functionKeys, 'default'),
    blobsExtension: valueOf(systemKeys, systemKeyName),
  };
}

function valueOf(keys: Secrets['functionKeys'], name: string): string {
  const found = keys.find((key) => key.name === name);
  if (!found) throw new Error(`the key "${name}" is missing in the container ${containerName}`);
  return found.value;
}

async function read(blob: BlockBlobClient): Promise<Secrets | undefined> {
  try {
    const bytes = await blob.downloadToBuffer();
    return secretsSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Of several hosts that start at once one writes, and all read what it wrote. */
async function create(blob: BlockBlobClient): Promise<Secrets> {
  const secrets = {
    masterKey: newKey('master'),
    functionKeys: [newKey('default')],
    systemKeys: [newKey(systemKeyName)],
    hostName: 'localhost',
    instanceId: randomBytes(16).toString('hex'),
    source: 'runtime',
    decryptionKeyId: '',
  };
  const text = JSON.stringify(secrets, null, 2);
  try {
    await blob.upload(text, Buffer.byteLength(text), { conditions: { ifNoneMatch: '*' } });
    return secrets;
  } catch (error) {
    const written = await read(blob);
    if (!written) throw error;
    return written;
  }
}

/** Source: Microsoft.Azure.Web.DataProtection, the shape of function keys, 2026-11-25. */
function newKey(name: string) {
  const value = `${randomBytes(33).toString('base64url')}AzFu${randomBytes(4).toString('base64url')}==`;
  return { name, value, encrypted: false };
}

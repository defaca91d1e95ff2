/**
 * The host's keys and those of single functions, kept in its storage as the real host keeps them:
 * whoever may read that may call. The first host makes them, all later ones of the same id find them.
 */
import { z } from 'zod';
import type { ListenerContext } from '../listener.ts';
import { type Key, keySchema, newKey, openSecrets, secretsContainer } from './secretsFile.ts';

export interface HostKeys {
  /** Opens everything. */
  readonly master: string;
  /** Opens functions with the level `function`. */
  readonly function: string;
  /** Opens the webhook that Event Grid calls. */
  readonly blobsExtension: string;
}

export type GetKeys = () => Promise<HostKeys>;

/** Each opens that function alone, where its level is `function`. */
export type GetFunctionKeys = (functionName: string) => Promise<readonly string[]>;

const hostSchema = z.object({
  masterKey: keySchema,
  functionKeys: z.array(keySchema).default([]),
  systemKeys: z.array(keySchema).default([]),
});

const functionSchema = z.object({ keys: z.array(keySchema) });

const systemKeyName = 'blobs_extension';

type Place = Pick<ListenerContext, 'settings' | 'hostId'>;

/** Asks storage once; where that fails, the next call asks again. */
function remembered<Value>(open: () => Promise<Value>): () => Promise<Value> {
  let known: Promise<Value> | undefined;
  return () => {
    known ??= open().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

export function hostKeys(place: Place): GetKeys {
  return remembered(async () => {
    const { masterKey, functionKeys, systemKeys } = await openSecrets(place, {
      fileName: 'host.json',
      schema: hostSchema,
      make: () => ({
        masterKey: newKey('master'),
        functionKeys: [newKey('default')],
        systemKeys: [newKey(systemKeyName)],
      }),
    });
    return {
      master: masterKey.value,
      function: valueOf(functionKeys, 'default'),
      blobsExtension: valueOf(systemKeys, systemKeyName),
    };
  });
}

/**
 * Made when the function is first called with a key.
 * Source: Azure/azure-functions-host, SecretManager, function secrets, 2026-11-26.
 */
export function functionKeys(place: Place): GetFunctionKeys {
  const known = new Map<string, () => Promise<readonly string[]>>();
  const open = (name: string) =>
    remembered(async () => {
      const { keys } = await openSecrets(place, {
        fileName: `${name}.json`,
        schema: functionSchema,
        make: () => ({ keys: [newKey('default')] }),
      });
      return keys.map(({ value }) => value);
    });
  return (functionName) => {
    const name = functionName.toLowerCase();
    const get = known.get(name) ?? open(name);
    known.set(name, get);
    return get();
  };
}

function valueOf(keys: readonly Key[], name: string): string {
  const found = keys.find((key) => key.name === name);
  if (!found) throw new Error(`the key "${name}" is missing in the container ${secretsContainer}`);
  return found.value;
}

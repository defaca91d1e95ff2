/** The two keys of a resource, either of which opens it, and the token of an identity. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Call } from '../../http/call.ts';

export const rotationSchema = z.strictObject({
  keyName: z.enum(['key1', 'key2']),
  /** Left out: a random one. */
  value: z.string().min(1).optional(),
});

export type Rotation = Readonly<z.output<typeof rotationSchema>>;

export interface AccessKeys {
  readonly bearerToken: string;
  key(keyName: Rotation['keyName']): string;
  /** The old key stops to open at once. @returns the new one. */
  rotate(rotation: Rotation): string;
  /** @returns `keyRefused` for no credentials at all, as the gateway does. */
  check(call: Call): 'open' | 'keyRefused' | 'tokenRefused';
}

export interface FirstAccess {
  readonly key?: string | undefined;
  readonly secondKey?: string | undefined;
  readonly bearerToken?: string | undefined;
}

export function accessKeys(first: FirstAccess): AccessKeys {
  const keys = { key1: first.key ?? randomKey(), key2: first.secondKey ?? randomKey() };
  const bearerToken = first.bearerToken ?? randomBytes(24).toString('base64url');
  return {
    bearerToken,
    key: (keyName) => keys[keyName],
    rotate({ keyName, value }) {
      keys[keyName] = value ?? randomKey();
      return keys[keyName];
    },
    check(call) {
      const sentKey = call.header('prediction-key') ?? call.header('ocp-apim-subscription-key');
      if (sentKey !== undefined) {
        return sentKey === keys.key1 || sentKey === keys.key2 ? 'open' : 'keyRefused';
      }
      const authorization = call.header('authorization');
      if (authorization === undefined) return 'keyRefused';
      const token = /^Bearer (.+)$/i.exec(authorization)?.[1];
      return token === bearerToken ? 'open' : 'tokenRefused';
    },
  };
}

function randomKey(): string {
  return randomBytes(16).toString('hex');
}

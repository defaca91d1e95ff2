/** Who may call what: by key, or everyone as under Core Tools. */
import { timingSafeEqual } from 'node:crypto';
import type { GetKeys, HostKeys } from './hostKeys.ts';

/** `coreTools`: everybody may do everything, as under `func start`. `keys`: as in Azure. */
export type Authorization = 'coreTools' | 'keys';

export type AuthLevel = 'anonymous' | 'function' | 'admin' | 'webhook';

export interface Credentials {
  /** From the header `x-functions-key`. */
  readonly header: string | undefined;
  /** From the query, `?code=`. */
  readonly code: string | undefined;
}

export type Authorize = (level: AuthLevel, credentials: Credentials) => Promise<boolean>;

const opening: Record<AuthLevel, (keys: HostKeys) => readonly string[]> = {
  anonymous: () => [],
  function: (keys) => [keys.function, keys.master],
  admin: (keys) => [keys.master],
  webhook: (keys) => [keys.blobsExtension, keys.master],
};

export function authorizer(mode: Authorization, keys: GetKeys): Authorize {
  return async (level, { header, code }) => {
    if (mode === 'coreTools' || level === 'anonymous') return true;
    const given = header ?? code;
    if (given === undefined) return false;
    return opening[level](await keys()).some((key) => isSame(key, given));
  };
}

function isSame(key: string, given: string): boolean {
  const [one, other] = [Buffer.from(key), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}

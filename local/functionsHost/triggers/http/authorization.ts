/** Who may call what: by key, or everyone as under Core Tools. */
import { timingSafeEqual } from 'node:crypto';
import type { GetFunctionKeys, GetKeys, HostKeys } from './hostKeys.ts';

/** `coreTools`: everybody may do everything, as under `func start`. `keys`: as in Azure. */
export type Authorization = 'coreTools' | 'keys';

export type AuthLevel = 'anonymous' | 'function' | 'admin' | 'webhook';

/** What is called; with its name where it is one function. */
export interface Called {
  readonly level: AuthLevel;
  readonly functionName?: string;
}

export interface Credentials {
  /** From the header `x-functions-key`. */
  readonly header: string | undefined;
  /** From the query, `?code=`. */
  readonly code: string | undefined;
}

export type Authorize = (called: Called, credentials: Credentials) => Promise<boolean>;

export interface KeyStore {
  readonly host: GetKeys;
  readonly ofFunction: GetFunctionKeys;
}

const opening: Record<AuthLevel, (keys: HostKeys) => readonly string[]> = {
  anonymous: () => [],
  function: (keys) => [keys.function, keys.master],
  admin: (keys) => [keys.master],
  webhook: (keys) => [keys.blobsExtension, keys.master],
};

export function authorizer(mode: Authorization, { host, ofFunction }: KeyStore): Authorize {
  return async ({ level, functionName }, { header, code }) => {
    if (mode === 'coreTools' || level === 'anonymous') return true;
    const given = header ?? code;
    if (given === undefined) return false;
    const opens = (key: string): boolean => isSame(key, given);
    if (opening[level](await host()).some(opens)) return true;
    if (level !== 'function' || functionName === undefined) return false;
    return (await ofFunction(functionName)).some(opens);
  };
}

function isSame(key: string, given: string): boolean {
  const [one, other] = [Buffer.from(key), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}

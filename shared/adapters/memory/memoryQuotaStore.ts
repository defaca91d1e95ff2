/** The quota document in memory: for tests, simulations, and a process that shares with nobody. */
import type { QuotaStore } from '../../quota/quotaStore.ts';

export function memoryQuotaStore(nowMs: () => number): QuotaStore {
  let text: string | undefined;
  let version = 0;
  const serverAtMs = () => Math.floor(nowMs() / 1_000) * 1_000;
  const etag = () => (text === undefined ? undefined : `"${version}"`);
  return {
    path: 'memory',
    async get() {
      const found = text === undefined ? undefined : { text, etag: `"${version}"` };
      return { found, serverAtMs: serverAtMs() };
    },
    async compareAndSwap(next, follows) {
      if (follows !== etag()) return { kind: 'conflict', serverAtMs: serverAtMs() };
      text = next;
      version += 1;
      return { kind: 'swapped', etag: `"${version}"`, serverAtMs: serverAtMs() };
    },
  };
}

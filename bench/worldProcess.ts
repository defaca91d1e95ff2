/** Storage, hub and endpoint in a process of their own, so that measuring does not measure them. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import type { ServerCertificate } from '../local/http/certificate.ts';

export interface WorldProcess {
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const readySchema = z.record(z.string(), z.string());

/** @param certificate - has to be trusted already; hub and endpoint speak TLS where there is one. */
export async function startWorldProcess(certificate?: ServerCertificate): Promise<WorldProcess> {
  const child = fork(new URL('worldChild.ts', import.meta.url), { stdio: ['ignore', 2, 2, 'ipc'] });
  child.send({ certificate });
  const [message] = await once(child, 'message');
  return {
    settings: readySchema.parse(message),
    async stop() {
      child.send('stop');
      await once(child, 'exit');
    },
  };
}

/** The process behind startFunctionsHostProcess.ts: one host, told what to do by its parent. */

import type { z } from 'zod';
import { messageOf } from '../../shared/errors.ts';
import {
  type callSchema,
  type HostReply,
  requestSchema,
  type startSchema,
} from './childMessages.ts';
import type { FunctionsHost } from './options.ts';
import { prepareFunctionsHost } from './prepareFunctionsHost.ts';

let host: FunctionsHost | undefined;

function reply(message: HostReply): void {
  if (process.connected) process.send?.(message);
}

process.on('message', (message: unknown) => {
  const request = requestSchema.parse(message);
  void (request.kind === 'start' ? start(request) : answer(request));
});
// Without a parent nobody would ever stop it.
process.once('disconnect', () => process.exit());
// Ctrl-C reaches the whole group: the parent decides how this process ends.
process.on('SIGINT', () => {});
process.once('SIGTERM', () => void leave());
const prepared = prepareFunctionsHost((log) => reply({ kind: 'log', log }));

async function leave(): Promise<void> {
  await host?.stop();
  process.exit();
}

async function start(request: z.output<typeof startSchema>): Promise<void> {
  const { kind: _kind, ...options } = request;
  try {
    host = await prepared.start(options);
    const { url, controlUrl, functions } = host;
    void host.gone.then(end);
    reply({ kind: 'started', url, controlUrl, functions: [...functions] });
  } catch (error) {
    reply({ kind: 'failed', message: messageOf(error) });
  }
}

/** Once the parent has read what was said before. */
function end(): void {
  if (!process.send) process.exit(1);
  process.send({ kind: 'down' } satisfies HostReply, () => process.exit(1));
}

async function answer({ callId, method, ...call }: z.output<typeof callSchema>): Promise<void> {
  try {
    const value = await perform(method, call.arguments);
    reply({ kind: 'answer', callId, value });
  } catch (error) {
    reply({ kind: 'answer', callId, error: messageOf(error) });
  }
  if (method === 'stop') process.disconnect();
}

async function perform(
  method: z.output<typeof callSchema>['method'],
  [container = '', blobName = '']: readonly string[],
): Promise<unknown> {
  if (!host) throw new Error('the host has not started');
  switch (method) {
    case 'idle':
      return host.idle();
    case 'stats':
      return host.stats();
    case 'deliverBlob':
      return host.deliverBlob(container, blobName);
    case 'stop':
      return host.stop();
  }
}

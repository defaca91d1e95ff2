/** A loopback HTTP server that can be stopped at once, whatever its callers are doing. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Call, callOf } from './call.ts';
import { type Reply, writeReply } from './reply.ts';

export interface Listening {
  readonly port: number;
  stop(): Promise<void>;
}

const loopback = '127.0.0.1';

/** Longer than any client's pool keeps an idle socket, or a call meets a socket just closed. */
const keepAliveTimeoutMs = 75_000;

/**
 * @param handle - never rejects: what goes wrong inside is an answer too.
 * @param port - 0 takes a free one.
 */
export async function listen(
  handle: (call: Call) => Promise<Reply>,
  port: number,
  newId: () => string,
): Promise<Listening> {
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const hungUp = new AbortController();
    response.once('close', () => hungUp.abort());
    const reply = await handle(callOf(request, hungUp.signal));
    if (!response.destroyed) writeReply(response, reply, newId);
  };
  const server = createServer((request, response) => void serve(request, response));
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.listen(port, loopback);
  await once(server, 'listening');
  const closed = once(server, 'close');
  return {
    port: portOf(server.address()),
    async stop() {
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function portOf(address: unknown): number {
  if (typeof address === 'object' && address !== null && 'port' in address) {
    return Number(address.port);
  }
  throw new Error('the server has no port');
}

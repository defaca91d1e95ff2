/** A loopback HTTP server that can be stopped at once, whatever its callers are doing. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { type Call, callOf } from './call.ts';
import { type Reply, writeReply } from './reply.ts';

export interface Listening {
  readonly port: number;
  stop(): Promise<void>;
}

const loopback = '127.0.0.1';

/** Longer than any client's pool keeps an idle socket, or a call meets a socket just closed. */
const keepAliveTimeoutMs = 75_000;

export interface ListenOptions {
  /** How long a new connection waits before anything on it is read; 0 for not at all. */
  readonly acceptDelayMs?: () => number;
  /** Speaks TLS with it, and nothing else. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/**
 * @param handle - never rejects: what goes wrong inside is an answer too.
 * @param port - 0 takes a free one.
 */
export async function listen(
  handle: (call: Call) => Promise<Reply>,
  port: number,
  { acceptDelayMs = () => 0, certificate }: ListenOptions = {},
): Promise<Listening> {
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const hungUp = new AbortController();
    response.once('close', () => hungUp.abort());
    const reply = await handle(callOf(request, hungUp.signal));
    // Whoever sends without end is not read to the end: nothing more can be said on that line.
    if (request.destroyed && !request.complete) {
      response.once('finish', () => socket.destroy());
    }
    if (!response.destroyed) writeReply(response, reply);
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse) =>
    void serve(request, response);
  const server = certificate ? createTlsServer(certificate, onRequest) : createServer(onRequest);
  server.keepAliveTimeout = keepAliveTimeoutMs;
  const heldBack = certificate ? new Set<Socket>() : holdBack(server, acceptDelayMs);
  server.listen(port, loopback);
  await once(server, 'listening');
  const closed = once(server, 'close');
  return {
    port: portOf(server.address()),
    async stop() {
      server.close();
      server.closeAllConnections();
      for (const socket of heldBack) socket.destroy();
      await closed;
    },
  };
}

/**
 * Lets connections wait at the door: the server sees them only after their delay.
 *
 * @returns those that wait, which the server does not know how to close.
 */
function holdBack(server: Server, acceptDelayMs: () => number): ReadonlySet<Socket> {
  const waiting = new Set<Socket>();
  const admit = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const delayMs = acceptDelayMs();
    const letIn = () => {
      for (const each of admit) each.call(server, socket);
    };
    if (delayMs <= 0) return letIn();
    waiting.add(socket);
    const timer = setTimeout(() => {
      waiting.delete(socket);
      socket.off('error', ignore);
      letIn();
    }, delayMs);
    socket.on('error', ignore);
    socket.once('close', () => {
      clearTimeout(timer);
      waiting.delete(socket);
    });
  });
  return waiting;
}

/** Whoever hangs up while waiting is nobody's loss. */
function ignore(): void {}

function portOf(address: unknown): number {
  if (typeof address === 'object' && address !== null && 'port' in address) {
    return Number(address.port);
  }
  throw new Error('the server has no port');
}

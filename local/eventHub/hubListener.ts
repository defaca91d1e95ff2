/**
 * One port for every way in. The first byte of a connection tells them apart: plain AMQP, TLS, or
 * an HTTP upgrade to a WebSocket; inside TLS the same question is asked again.
 */
import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
} from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { ServerCertificate } from '../http/certificate.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly certificate: ServerCertificate | undefined;
  /** Whoever has not begun to speak by then is cut; an HTTP beginning ends with its upgrade. */
  readonly beginMs: number;
  /** Hands over a byte stream that is about to speak AMQP. */
  readonly onStream: (stream: Duplex) => void;
}

export interface HubListener {
  readonly port: number;
  /** Cuts every connection, however far it has come. */
  dropConnections(): void;
  stop(): Promise<void>;
}

/** First bytes of `GET` and of a TLS record; anything else is left to AMQP to judge. */
const httpByte = 0x47;
const tlsByte = 0x16;

/** .NET's clients end it with a slash. Source: @azure/event-hubs 6.0.4, .NET's 5.12.2, 2026-11-26. */
const webSocketPath = /^\/\$servicebus\/websocket\/?(?:\?|$)/i;
const subprotocol = 'AMQPWSB10';

/** Many frames may share one message, so this is only a bound. */
const maxWebSocketBytes = 16 * 1024 * 1024;

type OnStream = ListenOptions['onStream'];

/** Loaded by the first client that comes this way: most never do. */
async function webSocketUpgrade(onStream: OnStream) {
  const { createWebSocketStream, WebSocketServer } = await import('ws');
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxWebSocketBytes,
    handleProtocols: (offered) => offered.has(subprotocol) && subprotocol,
  });
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    sockets.handleUpgrade(request, socket, head, (webSocket) =>
      onStream(createWebSocketStream(webSocket)),
    );
  };
}

interface Beginnings {
  watch(socket: Duplex): void;
  end(socket: Duplex): void;
}

/** Node's own limits for slow headers need a server that listens, which the gates do not. */
function watchedBeginnings(limitMs: number): Beginnings {
  const timers = new WeakMap<Duplex, NodeJS.Timeout>();
  const end = (socket: Duplex): void => clearTimeout(timers.get(socket));
  return {
    watch(socket) {
      timers.set(
        socket,
        setTimeout(() => socket.destroy(), limitMs),
      );
      socket.on('close', () => end(socket));
    },
    end,
  };
}

function webSocketGate(onStream: OnStream, beginnings: Beginnings): HttpServer {
  const gate = createHttpServer((_, response) => response.writeHead(426).end());
  let loading: ReturnType<typeof webSocketUpgrade> | undefined;
  gate.on('upgrade', (request, socket, head) => {
    if (!webSocketPath.test(request.url ?? '')) {
      socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      return;
    }
    beginnings.end(socket);
    loading ??= webSocketUpgrade(onStream);
    void loading.then((upgrade) => upgrade(request, socket, head));
  });
  return gate;
}

/** Calls back with the first byte; the stream still holds it. */
function peek(socket: Socket, onByte: (byte: number | undefined) => void): void {
  socket.once('data', (bytes: Buffer) => {
    socket.pause();
    socket.unshift(bytes);
    onByte(bytes[0]);
    process.nextTick(() => socket.resume());
  });
}

interface Gates {
  readonly http: HttpServer;
  readonly tls: TlsServer | undefined;
  readonly beginnings: Beginnings;
}

function route(socket: Socket, gates: Gates, onStream: OnStream): void {
  gates.beginnings.watch(socket);
  peek(socket, (byte) => {
    if (byte === httpByte) {
      gates.http.emit('connection', socket);
      return;
    }
    gates.beginnings.end(socket);
    if (byte === tlsByte && gates.tls) gates.tls.emit('connection', socket);
    else onStream(socket);
  });
}

function openGates({ certificate, beginMs, onStream }: ListenOptions): Gates {
  const beginnings = watchedBeginnings(beginMs);
  const http = webSocketGate(onStream, beginnings);
  const inside = { http, tls: undefined, beginnings };
  if (!certificate) return inside;
  const { cert, key } = certificate;
  const tls = createTlsServer({ cert, key, handshakeTimeout: beginMs }, (socket) => {
    socket.on('error', () => socket.destroy());
    route(socket, inside, onStream);
  });
  return { ...inside, tls };
}

function listening(server: Server, { host, port }: ListenOptions): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen(port, host, () => {
    const address = server.address();
    resolve(typeof address === 'object' && address ? address.port : port);
  });
  return promise;
}

export async function listenForClients(options: ListenOptions): Promise<HubListener> {
  const sockets = new Set<Socket>();
  const gates = openGates(options);
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Whoever serves the stream hears 'close'; unheard, the error would end the process.
    socket.on('error', () => socket.destroy());
    route(socket, gates, options.onStream);
  });
  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: await listening(server, options),
    dropConnections,
    async stop() {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      dropConnections();
      await promise;
    },
  };
}

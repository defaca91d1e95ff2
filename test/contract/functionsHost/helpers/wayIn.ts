/** A relay in front of a port that notes how each caller comes: as AMQP, with TLS, or through a WebSocket. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { z } from 'zod';

export interface WayIn {
  readonly port: number;
  readonly seen: readonly string[];
  /** All that callers have sent so far, a character for each byte. */
  sent(): string;
  stop(): Promise<void>;
}

export async function watchWaysIn(targetPort: number): Promise<WayIn> {
  const seen: string[] = [];
  const sent: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((caller) => {
    const target = connect(targetPort, '127.0.0.1');
    for (const socket of [caller, target]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket)).on('error', () => {});
    }
    caller.once('data', (first) => {
      seen.push(wayOf(first));
    });
    caller.on('data', (part) => void sent.push(part));
    caller.pipe(target).pipe(caller);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    port,
    seen,
    sent: () => Buffer.concat(sent).toString('latin1'),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const tlsRecord = 0x16;

function wayOf(first: Buffer): string {
  if (first[0] === tlsRecord) return 'tls';
  return first.toString('latin1').startsWith('AMQP') ? 'amqp' : 'websocket';
}

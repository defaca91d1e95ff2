/** The clients that are connected: serves each, and looks now and then who may stay. */
import type { Duplex } from 'node:stream';
import { isOwnKey } from './accessToken.ts';
import { allows, type DetachFault } from './faults.ts';
import { serveConnection } from './hubConnection.ts';
import type { Counters, HubContext } from './hubContext.ts';
import { maxFrameBytes } from './inputGuard.ts';
import type { IdleLimits, OpenLinks } from './openLinks.ts';
import { Refusal } from './refusal.ts';
import { createServerContainer, serveStream } from './rheaServer.ts';

export interface EventHubStats extends Readonly<Counters> {
  readonly connectionCount: number;
  readonly readerCount: number;
  readonly publisherCount: number;
}

export interface Connections {
  /** Speaks AMQP on the stream until one of both ends. */
  readonly serve: (stream: Duplex) => void;
  detach(fault: DetachFault): void;
  readonly stats: () => EventHubStats;
  /** Ends the looking. */
  readonly stop: () => void;
}

/** How often links and kept events are looked at; exact to the second is enough. */
const sweepIntervalMs = 500;

/** What the stand-in tells every client at the start of a connection. */
function connectionOptions(maxMessageBytes: number): object {
  return {
    container_id: 'event-hub-stand-in',
    max_frame_size: maxFrameBytes,
    idle_time_out: 240_000,
    tcp_no_delay: true,
    sender_options: { snd_settle_mode: 1 },
    receiver_options: {
      autoaccept: false,
      credit_window: 300,
      max_message_size: maxMessageBytes,
    },
  };
}

function detachMeant(fault: DetachFault, links: OpenLinks): void {
  const reason = new Refusal(fault.condition, 'Detached by an injected fault');
  links.detach(
    ({ role, entity }) =>
      (fault.links === 'all' || fault.links === `${role}s`) &&
      allows(fault.hub, entity.hub.name) &&
      allows(fault.consumerGroup, entity.consumerGroup) &&
      allows(fault.partitionId, entity.partition?.id),
    reason,
  );
}

export function clientConnections(context: HubContext, idleLimits: IdleLimits): Connections {
  const connections = new Map<Duplex, OpenLinks>();
  const container = createServerContainer((name, key) => isOwnKey(context.access, name, key));
  const { maxMessageBytes } = context;
  const options = { ...connectionOptions(maxMessageBytes), maxMessageBytes, limits: idleLimits };
  const sweep = (): void => {
    context.namespace.trim();
    for (const links of connections.values()) links.sweep(idleLimits, context.nowMs());
  };
  const sweeping = setInterval(sweep, sweepIntervalMs).unref();
  const count = (role: 'reader' | 'publisher'): number =>
    [...connections.values()].reduce((sum, links) => sum + links.count(role), 0);
  return {
    serve(stream) {
      stream.on('close', () => connections.delete(stream));
      serveStream(container, stream, options, (connection) => {
        connections.set(stream, serveConnection(connection, context));
      });
    },
    detach(fault) {
      for (const links of connections.values()) detachMeant(fault, links);
    },
    stats: () => ({
      ...context.counters,
      connectionCount: connections.size,
      readerCount: count('reader'),
      publisherCount: count('publisher'),
    }),
    stop: () => clearInterval(sweeping),
  };
}

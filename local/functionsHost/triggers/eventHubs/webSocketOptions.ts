/** AMQP over WebSockets, as `transportType` of host.json asks for it. */
import type { WebSocketOptions } from '@azure/event-hubs';
import { type ClientOptions, WebSocket } from 'ws';

/** The SDK asks for TLS whatever it is connected to; an emulator has none. */
class PlainWebSocket extends WebSocket {
  constructor(address: string, protocols?: string | string[], options?: ClientOptions) {
    super(address.replace(/^wss:/, 'ws:'), protocols, options);
  }
}

export function webSocketOptions(connection: string): WebSocketOptions {
  const isEmulator = /(?:^|;)UseDevelopmentEmulator=true/i.test(connection);
  return { webSocket: isEmulator ? PlainWebSocket : WebSocket };
}

/** A control interface on a port of its own, for parts whose own port speaks something else. */
import { messageOf } from '../../shared/errors.ts';
import type { Call } from '../http/call.ts';
import { json, type Reply } from '../http/reply.ts';
import { listen } from '../http/server.ts';
import { type ControlActions, controlHandler, isControlPath } from './controlHandler.ts';

export interface ControlServer {
  /** Without a trailing slash; commands are below `/control`. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * @param port - 0, the default, takes a free one.
 * @param other - answers what is no command.
 */
export async function startControlServer(
  actions: ControlActions,
  port = 0,
  other?: (call: Call) => Promise<Reply>,
): Promise<ControlServer> {
  const control = controlHandler(actions);
  const handle = (call: Call) => (other && !isControlPath(call.path) ? other : control)(call);
  const server = await listen(
    (call) => handle(call).catch((error) => json(500, { problem: messageOf(error) })),
    port,
  );
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop() };
}

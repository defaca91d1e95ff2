/**
 * The control interface of a part of the local world: JSON over HTTP on loopback, the same for
 * tests, demo and scripts in any language. Web pages are kept out: a change has to come as JSON and
 * to a loopback name.
 */
import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { json, type Reply } from '../http/reply.ts';

/**
 * Answers one command with what is in force afterwards. What its schema throws is answered 400.
 *
 * @param body - the parsed JSON of a POST or PUT; `undefined` for GET and DELETE.
 */
export type ControlAction = (body: unknown) => unknown;

/** By method and path: `'POST /control/faults'`. */
export type ControlActions = Readonly<Record<string, ControlAction>>;

const maxControlBytes = 64 * 1024;

export function isControlPath(path: string): boolean {
  return path === '/control' || path.startsWith('/control/');
}

export function controlHandler(actions: ControlActions): (call: Call) => Promise<Reply> {
  return (call) => run(actions[`${call.method} ${call.path}`], call);
}

async function run(action: ControlAction | undefined, call: Call): Promise<Reply> {
  if (!isLoopbackHost(call.header('host'))) return json(403, { problem: 'not a loopback name' });
  if (!action) return json(404, { problem: `no ${call.method} ${call.path}` });
  const body = await controlBody(call);
  if (body.kind === 'bad') return json(415, { problem: 'send JSON as application/json' });
  try {
    return json(200, await action(body.value));
  } catch (error) {
    if (error instanceof z.ZodError) return json(400, { problem: z.prettifyError(error) });
    throw error;
  }
}

type ControlBody = { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'bad' };

async function controlBody(call: Call): Promise<ControlBody> {
  if (call.method === 'GET' || call.method === 'DELETE') return { kind: 'json', value: undefined };
  const body = await call.body(maxControlBytes);
  const isJson = /^application\/json\b/i.test(call.header('content-type') ?? '');
  if (!isJson || body.kind !== 'bytes') return { kind: 'bad' };
  try {
    return { kind: 'json', value: JSON.parse(body.bytes.toString('utf8')) };
  } catch {
    // No JSON at all: the answer says so.
    return { kind: 'bad' };
  }
}

export function isLoopbackHost(host: string | undefined): boolean {
  return /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i.test(host ?? '');
}

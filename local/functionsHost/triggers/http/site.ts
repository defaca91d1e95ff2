/** What answering a request on the host's port takes. */
import type { IncomingMessage } from 'node:http';
import type { AppFunction } from '../../app/appFunction.ts';
import type { ListenerContext } from '../listener.ts';
import type { Authorize, Called } from './authorization.ts';
import { urlOf } from './httpData.ts';
import type { FindRoute } from './routes.ts';
import type { Throttle } from './throttle.ts';

export interface Site {
  readonly context: ListenerContext;
  /** Those that are switched off, too. */
  readonly functions: readonly AppFunction[];
  readonly find: FindRoute;
  readonly authorize: Authorize;
  readonly throttle: Throttle;
}

export function isAllowed(
  { authorize }: Site,
  called: Called,
  request: IncomingMessage,
): Promise<boolean> {
  const header = request.headers['x-functions-key'];
  const code = urlOf(request).searchParams.get('code') ?? undefined;
  return authorize(called, { header: Array.isArray(header) ? header[0] : header, code });
}

/** The host's one port: the app's HTTP functions under the route prefix, and the admin routes. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import type { InvocationResponse } from '../../app/invocation.ts';
import type { AppFunction } from '../../app/loadApp.ts';
import type { ListenerContext } from '../listener.ts';
import { adminAnswer } from './adminRoutes.ts';
import { readBody, requestData, writeResponse } from './httpData.ts';
import { type FindRoute, type Route, type RouteMatch, router } from './routes.ts';

export interface HttpServer {
  readonly url: string;
  /** Refuses new connections; running requests are waited for by the caller. */
  stop(graceMs: number): Promise<void>;
}

export async function startHttpServer(
  context: ListenerContext,
  functions: readonly AppFunction[],
  port: number,
): Promise<HttpServer> {
  const prefix = context.hostJson.extensions.http.routePrefix;
  const find = router(functions.flatMap((called) => routeOf(called, prefix)));
  const server = createServer((request, response) => {
    answer({ context, find, functions }, request, response).catch((error: unknown) => {
      context.log('error', `HTTP request not answered: ${String(error)}`);
      response.destroy();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${portOf(server)}`, stop: (graceMs) => close(server, graceMs) };
}

function routeOf(called: AppFunction, prefix: string): Route[] {
  const { trigger, name } = called;
  if (trigger.type !== 'httptrigger') return [];
  const methods = trigger.methods.map((method) => method.toUpperCase());
  return [{ called, methods, template: `${prefix}/${trigger.route ?? name}` }];
}

function portOf(server: Server): number {
  return z.object({ port: z.number() }).parse(server.address()).port;
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}

interface Site {
  readonly context: ListenerContext;
  readonly find: FindRoute;
  readonly functions: readonly AppFunction[];
}

async function answer(
  { context, find, functions }: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const [path = '/'] = url.split('?');
  const admin = adminAnswer(context, functions, path);
  if (admin !== undefined) return sendJson(response, admin);
  const matched = find(method, path);
  if (!matched) {
    response.writeHead(404, { 'content-length': 0 }).end();
    return;
  }
  await call(context, matched, request, response);
}

function sendJson(response: ServerResponse, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(body);
}

async function call(
  { invocations }: ListenerContext,
  { called, parameters }: RouteMatch,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (!body) {
    response.writeHead(413, { 'content-length': 0, connection: 'close' }).end();
    return;
  }
  const data = { http: requestData(request, body, parameters) };
  const result = await invocations.run(called, { data });
  if (result.kind === 'failed') response.writeHead(500, { 'content-length': 0 }).end();
  else writeResponse(response, httpOf(called, result.response));
}

/** The HTTP answer is what the function returned, or the output that is bound to HTTP. */
function httpOf({ metadata }: AppFunction, { returnValue, outputData = [] }: InvocationResponse) {
  if (returnValue?.http) return returnValue.http;
  return outputData.find(({ name }) => metadata.bindings[name]?.type.toLowerCase() === 'http')?.data
    .http;
}

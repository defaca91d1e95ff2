/** The host's one port: the app's HTTP functions under the route prefix, webhooks, admin routes. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { messageOf } from '../../../../shared/errors.ts';
import type { AppFunction } from '../../app/appFunction.ts';
import { isDisabled } from '../../settings.ts';
import type { ListenerContext } from '../listener.ts';
import { storageReason } from '../storageError.ts';
import { answerAdmin } from './adminRoutes.ts';
import { authorizer, type Called, type KeyStore } from './authorization.ts';
import { callFunction } from './functionCall.ts';
import { functionKeys, hostKeys } from './hostKeys.ts';
import { urlOf, writeEmpty } from './httpData.ts';
import { type Route, type RouteMatch, routeOf, router } from './routes.ts';
import { isAllowed, type Site } from './site.ts';
import { streamFunction } from './streamedCall.ts';
import { throttle } from './throttle.ts';
import { answerUnserved } from './unserved.ts';
import { answerWebhook } from './webhooks.ts';

const idleSweepMs = 50;
// Source: ASP.NET Core, KestrelServerLimits, defaults, 2026-11-26.
const keepAliveTimeoutMs = 130_000;
const headersTimeoutMs = 30_000;

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
  const keys = { host: hostKeys(context), ofFunction: functionKeys(context) };
  const site = siteOf(context, functions, keys);
  const { hostJson, authorization } = context;
  const customHeaders = new Map(Object.entries(hostJson.extensions.http.customHeaders));
  const server = createServer((request, response) => {
    response.setHeaders(customHeaders);
    answer(site, request, response).catch((error: unknown) => {
      context.log('error', `HTTP request not answered: ${messageOf(error)}`);
      if (response.headersSent) response.destroy();
      else writeEmpty(response, 500);
    });
  });
  boundWaiting(server, hostJson.functionTimeout);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  // Whoever is told the address finds the keys: the real host makes them at its start.
  if (authorization === 'keys')
    await keys.host().catch((error: unknown) => reportKeys(context, error));
  const url = `http://127.0.0.1:${portOf(server)}`;
  context.doors.hostUrl = url;
  return { url, stop: (graceMs) => close(server, graceMs) };
}

/** A stream may take as long as its function. Node's own bound on a whole request is shorter. */
function boundWaiting(server: Server, functionTimeoutMs: number): void {
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = Number.isFinite(functionTimeoutMs)
    ? Math.max(functionTimeoutMs, headersTimeoutMs)
    : 0;
}

/** Asked for again with the first call that needs them. */
function reportKeys({ log }: ListenerContext, error: unknown): void {
  log('warning', `The host's keys are not there yet: ${storageReason(error)}`);
}

function siteOf(context: ListenerContext, functions: readonly AppFunction[], keys: KeyStore): Site {
  const { authorization, hostJson, settings } = context;
  const enabled = functions.filter(({ name }) => !isDisabled(settings, name));
  return {
    context,
    functions,
    find: router(enabled.flatMap((called) => routesOf(context, called))),
    authorize: authorizer(authorization, keys),
    throttle: throttle(hostJson.extensions.http),
  };
}

/** A function whose route can't be read is in error, and that one alone. */
function routesOf({ hostJson, doors, log }: ListenerContext, called: AppFunction): Route[] {
  const { trigger, name } = called;
  if (trigger.type !== 'httptrigger') return [];
  const prefix = hostJson.extensions.http.routePrefix;
  try {
    return [routeOf(called, trigger.methods, `${prefix}/${trigger.route ?? name}`)];
  } catch (error) {
    doors.problems.set(name, messageOf(error));
    log('error', `The function '${name}' is in error: ${messageOf(error)}`);
    return [];
  }
}

function portOf(server: Server): number {
  return z.object({ port: z.number() }).parse(server.address()).port;
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // A connection is kept alive after the last answer on it; nobody must wait for that.
  const sweep = setInterval(() => server.closeIdleConnections(), idleSweepMs);
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(timer);
}

async function answer(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isAddressed(request)) return writeEmpty(response, 400);
  const { pathname } = urlOf(request);
  if (/^\/admin\//i.test(pathname)) return answerAdmin(site, request, response);
  if (site.context.life.state() === 'Error') return writeEmpty(response, 503);
  if (/^\/runtime\/webhooks\//i.test(pathname)) return answerWebhook(site, request, response);
  const matched = site.find(request.method ?? 'GET', pathOf(request));
  if (!matched) return answerUnserved(site.context.settings, pathname, response);
  if (!(await isAllowed(site, calledIn(matched), request))) return writeEmpty(response, 401);
  const { context } = site;
  const call = context.capabilities['HttpUri'] === undefined ? callFunction : streamFunction;
  const admitted = site.throttle(() => call(context, matched, request, response));
  if (!admitted) return writeEmpty(response, 429);
  await admitted;
}

/** A host name or a path that nobody can read is the caller's mistake. */
function isAddressed({ url = '/', headers: { host = 'localhost' } }: IncomingMessage): boolean {
  return URL.canParse(url, `http://${host}`);
}

/** As it was sent: a parsed URL would fold `..` and dots. Proxies send the whole address. */
function pathOf({ url = '/' }: IncomingMessage): string {
  const path = url.startsWith('/') ? url : new URL(url).pathname;
  return path.split('?')[0] ?? '/';
}

function calledIn({ called: { name, trigger } }: RouteMatch): Called {
  const level = trigger.type === 'httptrigger' ? trigger.authLevel : 'admin';
  return { level, functionName: name };
}

/**
 * An HTTP function with streams (`app.setup({ enableHttpStream: true })`): the request is passed on to
 * the worker's own server, the answer flows back. A handler that throws answers nothing: the caller
 * waits until the function timeout, and the worker is replaced.
 */
import { randomUUID } from 'node:crypto';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { jsonData, type Metadata, stringData } from '../../app/typedData.ts';
import type { ListenerContext } from '../listener.ts';
import { headersOf, queryOf, requestData, urlOf, writeEmpty } from './httpData.ts';
import {
  BodyTooLarge,
  flowingBody,
  isSaidTooLarge,
  maxBodyBytesOf,
  refuseTooLarge,
} from './requestBody.ts';
import type { RouteMatch } from './routes.ts';

// Source: RFC 9110, Connection, and YARP, Header routing, 2026-11-25.
const hopByHop = [
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'host',
];

export async function streamFunction(
  { invocations, capabilities, settings }: ListenerContext,
  { called, parameters }: RouteMatch,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const maxBytes = maxBodyBytesOf(settings);
  if (isSaidTooLarge(request, maxBytes)) return refuseTooLarge(response);
  const invocationId = randomUUID();
  const over = new AbortController();
  response.once('close', () => over.abort());
  const worker = new URL(capabilities['HttpUri'] ?? '');
  const { signal } = over;
  const passing = passOn({ request, response, worker, invocationId, signal, maxBytes });
  let isGivenUp = false;
  let isTooLarge = false;
  const passedOn = passing.catch((error: unknown) => {
    // Given up by us it is not over for the worker, which still owes an answer.
    if (isGivenUp) return new Promise<never>(() => {});
    isTooLarge = error instanceof BodyTooLarge;
    // A caller that has gone is no failure of the function.
    if (!response.destroyed) throw error;
  });
  passedOn.catch(() => {});
  const data = { http: requestData(request, parameters) };
  const metadata = streamMetadata(request, parameters);
  const result = await invocations.run(called, { invocationId, data, metadata }, passedOn);
  isGivenUp = result.kind === 'failed';
  over.abort();
  if (result.kind === 'failed') fail(response, isTooLarge);
}

function fail(response: ServerResponse, isTooLarge: boolean): void {
  if (response.headersSent) {
    if (!response.writableEnded) response.destroy();
    return;
  }
  if (isTooLarge) refuseTooLarge(response);
  else writeEmpty(response, 500);
}

/** With streams the library takes the route's parameters from here, and the query among them. */
function streamMetadata(
  request: IncomingMessage,
  parameters: Readonly<Record<string, string>>,
): Metadata {
  const query = queryOf(urlOf(request));
  const texts = Object.entries({ ...query, ...parameters }).map(
    ([name, value]) => [name, stringData(value)] as const,
  );
  const wide = { Headers: jsonData(headersOf(request)), Query: jsonData(query) };
  return { ...Object.fromEntries(texts), ...wide };
}

interface PassOn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly worker: URL;
  readonly invocationId: string;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

async function passOn(passed: PassOn): Promise<void> {
  const { request, response, worker, invocationId, signal, maxBytes } = passed;
  const { method, url: path } = request;
  const headers = {
    ...endToEnd(headersOf(request)),
    'x-ms-invocation-id': invocationId,
    'x-forwarded-host': request.headers.host ?? 'localhost',
    'x-forwarded-proto': 'http',
    'x-forwarded-for': request.socket.remoteAddress ?? '',
  };
  const { hostname, port } = worker;
  const upstream = httpRequest({ hostname, port, method, path, headers, signal });
  const answered = Promise.withResolvers<IncomingMessage>();
  // It may fail when nobody waits for it any more.
  answered.promise.catch(() => {});
  upstream.once('response', answered.resolve).once('error', answered.reject);
  // A handler may answer before it has read everything, or without reading at all.
  pipeline(await bodyOf(request, maxBytes), upstream, { signal }).catch(answered.reject);
  const answer = await answered.promise;
  response.writeHead(answer.statusCode ?? 200, endToEnd(answer.headers));
  await pipeline(answer, response, { signal });
}

/** The host reads forms itself, to their end, before it passes them on. */
async function bodyOf(request: IncomingMessage, maxBytes: number) {
  const flowing = flowingBody(request, maxBytes);
  const { 'content-type': type = '' } = request.headers;
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(type);
  return isForm ? [Buffer.concat(await Array.fromAsync(flowing))] : flowing;
}

function endToEnd<Value>(headers: Readonly<Record<string, Value>>): Record<string, Value> {
  const entries = Object.entries(headers).filter(([name]) => !hopByHop.includes(name));
  return Object.fromEntries(entries);
}

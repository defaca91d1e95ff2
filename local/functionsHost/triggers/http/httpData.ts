/** Requests and responses between the wire and the worker's typed data. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpCookie, HttpData } from '../../app/typedData.ts';

export function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
}

export function headersOf(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return Object.fromEntries(entries);
}

/** A name that comes more than once has its values joined by commas, as the host does. */
export function queryOf({ searchParams }: URL): Record<string, string> {
  const names = [...new Set(searchParams.keys())];
  return Object.fromEntries(names.map((name) => [name, searchParams.getAll(name).join(',')]));
}

export function requestData(
  request: IncomingMessage,
  parameters: Readonly<Record<string, string>>,
  body?: Buffer,
): HttpData {
  const url = urlOf(request);
  return {
    method: request.method ?? 'GET',
    url: url.href,
    nullableHeaders: nullable(headersOf(request)),
    nullableQuery: nullable(queryOf(url)),
    nullableParams: nullable(parameters),
    ...(body !== undefined && body.length > 0 ? { body: { bytes: body } } : {}),
  };
}

function nullable(values: Readonly<Record<string, string>>): Record<string, { value: string }> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

/** What the function returned; nothing at all is 204. */
export function writeResponse(response: ServerResponse, http: HttpData | undefined): void {
  if (!http) {
    response.writeHead(204).end();
    return;
  }
  const { headers = {}, cookies = [], statusCode = '200' } = http;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (cookies.length > 0) response.setHeader('set-cookie', cookies.map(cookieText));
  const body = Buffer.from(http.body?.bytes ?? []);
  response.writeHead(Number(statusCode), { 'content-length': body.length }).end(body);
}

export function writeEmpty(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 0 }).end();
}

export function writeJson(response: ServerResponse, value: unknown, status = 200): void {
  const body = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body);
}

function cookieText(cookie: HttpCookie): string {
  const values = {
    Domain: cookie.domain?.value,
    Path: cookie.path?.value,
    'Max-Age': cookie.maxAge?.value,
    Expires: expiryText(cookie),
    SameSite: sameSiteNames.get(cookie.sameSite ?? ''),
  };
  const attributes = Object.entries(values).map(([name, value]) =>
    value === undefined ? '' : `${name}=${value}`,
  );
  const flags = [cookie.secure?.value ? 'Secure' : '', cookie.httpOnly?.value ? 'HttpOnly' : ''];
  const pair = `${cookie.name}=${encodeURIComponent(cookie.value)}`;
  return [pair, ...attributes, ...flags].filter(Boolean).join('; ');
}

function expiryText({ expires }: HttpCookie): string | undefined {
  const seconds = expires?.value?.seconds;
  return seconds === undefined ? undefined : new Date(seconds * 1_000).toUTCString();
}

const sameSiteNames = new Map([
  ['lax', 'Lax'],
  ['strict', 'Strict'],
  ['explicitNone', 'None'],
]);

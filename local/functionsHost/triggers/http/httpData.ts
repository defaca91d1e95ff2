/** Requests and responses between the wire and the worker's typed data. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpCookie, HttpData } from '../../app/typedData.ts';

/** Source: Azure Functions HTTP trigger, Limits, 2026-11-24. */
const maxBodyBytes = 104_857_600;

/** @returns `undefined` where the body is larger than the host takes. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    byteCount += bytes.length;
    if (byteCount > maxBodyBytes) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

export function requestData(
  request: IncomingMessage,
  body: Buffer,
  parameters: Readonly<Record<string, string>>,
): HttpData {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return {
    method: request.method ?? 'GET',
    url: url.href,
    nullableHeaders: nullable(Object.fromEntries(headers)),
    nullableQuery: nullable(Object.fromEntries(url.searchParams)),
    nullableParams: nullable(parameters),
    ...(body.length > 0 ? { body: { bytes: body } } : {}),
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

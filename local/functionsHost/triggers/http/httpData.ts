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
  for (const [name, value] of Object.entries(http.headers ?? {})) response.setHeader(name, value);
  const cookies = (http.cookies ?? []).map(cookieText);
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  const body = Buffer.from(http.body?.bytes ?? http.body?.string ?? '');
  response.writeHead(Number(http.statusCode ?? 200), { 'content-length': body.length }).end(body);
}

function cookieText(cookie: HttpCookie): string {
  const expiresSeconds = cookie.expires?.value?.seconds;
  const parts = [
    `${cookie.name}=${encodeURIComponent(cookie.value)}`,
    attribute('Domain', cookie.domain?.value),
    attribute('Path', cookie.path?.value),
    attribute('Max-Age', cookie.maxAge?.value),
    attribute(
      'Expires',
      expiresSeconds === undefined ? undefined : new Date(expiresSeconds * 1_000).toUTCString(),
    ),
    cookie.secure?.value ? 'Secure' : '',
    cookie.httpOnly?.value ? 'HttpOnly' : '',
    attribute('SameSite', sameSite(cookie.sameSite)),
  ];
  return parts.filter(Boolean).join('; ');
}

function attribute(name: string, value: string | number | undefined): string {
  return value === undefined ? '' : `${name}=${value}`;
}

function sameSite(value: string | undefined): string | undefined {
  const names = new Map([
    ['lax', 'Lax'],
    ['strict', 'Strict'],
    ['explicitNone', 'None'],
  ]);
  return names.get(value ?? '');
}

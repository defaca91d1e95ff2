/**
 * One HTTP call as the routes see it. Bodies are read with a bound: what lies beyond it is thrown
 * away unread, so that a sender of too much still gets to see the answer.
 */
import type { IncomingMessage } from 'node:http';

export type ReadBody =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'gone' };

export interface Call {
  readonly method: string;
  /** Without the query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  readonly body: (maxBytes: number) => Promise<ReadBody>;
  /** Aborts when the connection ends, by the caller or because the server stops. */
  readonly signal: AbortSignal;
}

/** Beyond this even throwing bytes away stops. */
const maxDiscardedBytes = 32 * 1024 * 1024;

export function callOf(request: IncomingMessage, signal: AbortSignal): Call {
  const [path = '/', ...queries] = (request.url ?? '/').split('?');
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(queries.join('?')),
    header(name) {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: (maxBytes) => readBody(request, maxBytes),
    signal,
  };
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of request) {
      const bytes: Buffer = chunk;
      sizeBytes += bytes.length;
      if (sizeBytes <= maxBytes) chunks.push(bytes);
      else chunks.length = 0;
      if (sizeBytes > Math.max(maxBytes, maxDiscardedBytes)) break;
    }
  } catch {
    // The caller hung up half way: nobody is left to tell.
    return { kind: 'gone' };
  }
  return sizeBytes > maxBytes
    ? { kind: 'tooLarge' }
    : { kind: 'bytes', bytes: Buffer.concat(chunks) };
}

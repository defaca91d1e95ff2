/** What a call gets back: an answer, or one of the ways in which a connection goes wrong. */
import type { ServerResponse } from 'node:http';

export interface Answer {
  readonly kind: 'answer';
  readonly httpStatus: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Reply =
  | Answer
  /** Nothing is ever sent; the socket stays open until the caller or `stop()` ends it. */
  | { readonly kind: 'hang' }
  /** The socket is reset (RST) without an answer. */
  | { readonly kind: 'reset' }
  /** Headers promise the whole body, the socket closes half way through it. */
  | { readonly kind: 'truncated'; readonly body: string };

const jsonType = 'application/json; charset=utf-8';

export function json(
  httpStatus: number,
  value: unknown,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return { ...typed(httpStatus, jsonType, JSON.stringify(value)), ...(headers && { headers }) };
}

export function html(httpStatus: number, body: string): Answer {
  return typed(httpStatus, 'text/html; charset=utf-8', body);
}

export function typed(httpStatus: number, contentType: string, body: string): Answer {
  return { kind: 'answer', httpStatus, contentType, body };
}

export function writeReply(response: ServerResponse, reply: Reply, newId: () => string): void {
  switch (reply.kind) {
    case 'answer':
      response.writeHead(reply.httpStatus, { ...headersOf(reply, newId), ...reply.headers });
      response.end(reply.body);
      return;
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'truncated':
      writeHalf(response, typed(200, jsonType, reply.body), newId);
  }
}

function headersOf({ contentType, body }: Answer, newId: () => string): Record<string, string> {
  return {
    'content-type': contentType,
    'content-length': String(Buffer.byteLength(body)),
    'apim-request-id': newId(),
    'x-ms-request-id': newId(),
  };
}

function writeHalf(response: ServerResponse, answer: Answer, newId: () => string): void {
  response.writeHead(answer.httpStatus, headersOf(answer, newId));
  const half = answer.body.slice(0, Math.floor(answer.body.length / 2));
  response.write(half, () => response.socket?.destroy());
}

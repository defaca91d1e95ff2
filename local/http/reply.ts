/** What a call gets back: an answer, or one of the ways in which a connection goes wrong. */
import type { ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';

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
  | { readonly kind: 'truncated'; readonly answer: Answer }
  /** The same with a reset (RST). */
  | { readonly kind: 'resetMidBody'; readonly answer: Answer }
  /** Headers at once, the body byte by byte. */
  | { readonly kind: 'drip'; readonly answer: Answer; readonly bytesPerSecond: number };

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

export function writeReply(response: ServerResponse, reply: Reply): void {
  switch (reply.kind) {
    case 'answer':
      writeHead(response, reply);
      response.end(reply.body);
      return;
    case 'hang':
      return;
    case 'reset':
      cut(response.socket);
      return;
    case 'truncated':
      writeHalf(response, reply.answer, () => response.socket?.destroy());
      return;
    case 'resetMidBody':
      writeHalf(response, reply.answer, () => cut(response.socket));
      return;
    case 'drip':
      drip(response, reply.answer, 1_000 / reply.bytesPerSecond);
  }
}

/** Over TLS the socket beneath can't be had: it is closed without a word there. */
function cut(socket: ServerResponse['socket']): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
}

function writeHead(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.httpStatus, {
    'content-type': answer.contentType,
    'content-length': String(Buffer.byteLength(answer.body)),
    ...answer.headers,
  });
}

function writeHalf(response: ServerResponse, answer: Answer, end: () => void): void {
  writeHead(response, answer);
  response.write(answer.body.slice(0, Math.floor(answer.body.length / 2)), end);
}

function drip(response: ServerResponse, answer: Answer, everyMs: number): void {
  const bytes = Buffer.from(answer.body);
  let sentCount = 0;
  writeHead(response, answer);
  response.flushHeaders();
  const timer = setInterval(() => {
    response.write(bytes.subarray(sentCount, sentCount + 1));
    sentCount += 1;
    if (sentCount >= bytes.length) response.end();
  }, everyMs);
  response.once('close', () => clearInterval(timer));
}
